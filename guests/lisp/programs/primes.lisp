; The sieve of Eratosthenes in a vector, then facts about what it found.

(define limit 10000)
(define crossed-out (make-vector (+ limit 1) #f))

(define (cross-out multiple step)
  (when (<= multiple limit)
    (vector-set! crossed-out multiple #t)
    (cross-out (+ multiple step) step)))

(define (sieve n)
  (when (<= (* n n) limit)
    (unless (vector-ref crossed-out n) (cross-out (* n n) n))
    (sieve (+ n 1))))

(sieve 2)

(define primes (filter (lambda (n) (not (vector-ref crossed-out n))) (iota (- limit 1) 2)))
(say "primes below " limit ": " (length primes))
(say "sum: " (fold + 0 primes))
(say "largest: " (car (reverse primes)))

(define (twins list count)
  (cond ((null? (cdr list)) count)
        ((= (+ (car list) 2) (cadr list)) (twins (cdr list) (+ count 1)))
        (else (twins (cdr list) count))))
(say "twins: " (twins primes 0))

(define (power base exponent modulus)
  (cond ((= exponent 0) 1)
        ((even? exponent) (power (modulo (* base base) modulus) (quotient exponent 2) modulus))
        (else (modulo (* base (power base (- exponent 1) modulus)) modulus))))
(say "liars of the Fermat test to base 2: "
     (filter (lambda (n) (and (vector-ref crossed-out n) (= (power 2 (- n 1) n) 1)))
             (iota 1200 3)))
