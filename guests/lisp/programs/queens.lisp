; All solutions of the eight-queens problem, and the boards of two of them.
; A board is the list of columns, the newest row first.

(define (safe? column rows-apart board)
  (cond ((null? board) #t)
        ((= (car board) column) #f)
        ((= (abs (- (car board) column)) rows-apart) #f)
        (else (safe? column (+ rows-apart 1) (cdr board)))))

(define (queens size)
  (define (extend boards rows-left)
    (if (= rows-left 0)
        boards
        (extend
          (fold (lambda (found board)
                  (fold (lambda (found column)
                          (if (safe? column 1 board) (cons (cons column board) found) found))
                        found
                        (iota size 1)))
                '()
                boards)
          (- rows-left 1))))
  (extend '(()) size))

(define (draw board)
  (for-each
    (lambda (column)
      (for-each (lambda (i) (display (if (= i column) "Q " ". "))) (iota (length board) 1))
      (newline))
    board)
  (newline))

(for-each
  (lambda (size) (say size " queens: " (length (queens size)) " solutions"))
  (iota 4 4))

(define solutions (queens 8))
(say "8 queens: " (length solutions) " solutions")
(draw (car solutions))
(draw (car (reverse solutions)))
