; An evaluator for a subset of this language, in this language, running
; programs that it did not write: two levels of interpretation.

(define (zip names values)
  (cond ((null? names) '())
        ((symbol? names) (list (cons names values)))
        (else (cons (cons (car names) (car values)) (zip (cdr names) (cdr values))))))

(define (find name frames)
  (if (null? frames)
      (raise (string-append "unbound: " (->string name)))
      (let ((binding (assoc name (cdr (car frames)))))
        (if binding binding (find name (cdr frames))))))

(define (define-in! frames name value)
  (set-cdr! (car frames) (cons (cons name value) (cdr (car frames)))))

(define (evaluate x frames)
  (cond ((symbol? x) (cdr (find x frames)))
        ((not (pair? x)) x)
        ((eq? (car x) 'quote) (cadr x))
        ((eq? (car x) 'if)
         (if (evaluate (cadr x) frames) (evaluate (caddr x) frames) (evaluate (cadr (cddr x)) frames)))
        ((eq? (car x) 'lambda) (list 'closure (cadr x) (cddr x) frames))
        ((eq? (car x) 'define) (define-in! frames (cadr x) (evaluate (caddr x) frames)))
        (else (call (evaluate (car x) frames)
                    (map (lambda (argument) (evaluate argument frames)) (cdr x))))))

(define (call function arguments)
  (if (procedure? function)
      (apply function arguments)
      (evaluate-body (caddr function)
                     (cons (cons 'frame (zip (cadr function) arguments)) (cadr (cddr function))))))

(define (evaluate-body body frames)
  (if (null? (cdr body))
      (evaluate (car body) frames)
      (begin (evaluate (car body) frames) (evaluate-body (cdr body) frames))))

(define top
  (list (cons 'frame
              (list (cons '+ +) (cons '- -) (cons '* *) (cons '< <) (cons '= =) (cons 'cons cons)
                    (cons 'car car) (cons 'cdr cdr) (cons 'null? null?) (cons 'list list)))))

(define (run program)
  (write program)
  (display " => ")
  (write (evaluate program top))
  (newline))

(run '((lambda (x) (* x x)) 12))
(evaluate '(define factorial (lambda (n) (if (= n 0) 1 (* n (factorial (- n 1)))))) top)
(run '(factorial 20))
(evaluate '(define fibonacci (lambda (n) (if (< n 2) n (+ (fibonacci (- n 1)) (fibonacci (- n 2)))))) top)
(run '(fibonacci 11))
(evaluate '(define map (lambda (f items) (if (null? items) '() (cons (f (car items)) (map f (cdr items)))))) top)
(run '(map (lambda (n) (* n n)) (list 1 2 3 4 5)))
(run '(((lambda (f) ((lambda (x) (x x)) (lambda (x) (f (lambda (n) ((x x) n))))))
        (lambda (self) (lambda (n) (if (= n 0) 0 (+ n (self (- n 1)))))))
       30))
(say (try (evaluate '(missing 1) top) (lambda (problem) (string-append "caught " problem))))
