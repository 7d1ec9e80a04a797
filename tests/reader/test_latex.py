r"""The mathematics parser against a table: the right tree in compact form, the right rows, or the right refusal.

The tables are read line by line: LaTeX, `` :: ``, and what it must give (``syntax.sexpr``, or a code and its columns).
"""

from __future__ import annotations

import gc
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symderiv.diagnostics import ReadError
from symderiv.document import Span
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.latex import parse_display, parse_expression
from symderiv.reader.grammar.structure import MAX_DEPTH
from symderiv.reader.grammar.syntax import Node, rows_sexpr, sexpr

TREES = r"""
# letters, numbers, fonts
x :: x
3.14 :: 3.14
\alpha :: \alpha
\mathbf{z} :: \mathbf{z}
\boldsymbol{\theta} :: \boldsymbol{\theta}
\bm x :: \boldsymbol{x}
{\bf x} :: \mathbf{x}
\bf{x} y :: (* \mathbf{x} y)
\mathcal L :: \mathcal{L}
\mathbb{R}^n :: (^ \mathbb{R} n)
\mathbf{W x} :: (* \mathbf{W} \mathbf{x})
\mathbf{x_i} :: (_ \mathbf{x} i)
\hat{y} :: \hat{y}
\hat{\mathbf{y}} :: \hat{\mathbf{y}}
\mathbf{\hat y} :: \hat{\mathbf{y}}
\widehat{x_i}^2 :: (_^ \hat{x} i 2)
\bar x_j :: (_ \bar{x} j)
\hat{xy} :: (hat (* x y))
\overline{xy} :: (overline (* x y))
\overline{x} :: \overline{x}
\vec{v} :: \vec{v}
\text{softmax} :: \text{softmax}
\mathrm{KL} :: \text{KL}
{\rm Li}_2 :: (_ \text{Li} 2)
{\text P} :: \text{P}
\operatorname{ReLU} :: \operatorname{ReLU}
\mathrm{\theta} :: \theta
\mathbf{1} :: \mathbf{1}
\ell_i :: (_ \ell i)
σ(x₁²) :: (* \sigma (() (_^ x 1 2)))
ŷ_i − θ·x̄ :: (+ (_ \hat{y} i) (- (* \theta \cdot \bar{x})))
𝐱 + ℒ :: (+ \mathbf{x} \mathcal{L})
中文 :: \text{中文}

# scripts
x_{ij} :: (_ x (* i j))
x_{i,j} :: (_ x (, i j))
x^{(i)}_j :: (_^ x j (() i))
x_j^{(i)} :: (_^ x j (() i))
a^{[l]} :: (^ a ([] l))
h^{\langle t \rangle} :: (^ h (\langle\rangle t))
x^{<t>} :: (^ x (\langle\rangle t))
W^T :: (^ W T)
W^{\top} :: (^ W \top)
W^\intercal :: (^ W \top)
x_{10} :: (_ x 10)
x^{10} :: (^ x 10)
x^2_i :: (_^ x i 2)
{x}_{i} :: (_ x i)
{x_i}^2 :: (_^ x i 2)
y{}_i :: (_ y i)
y{_i} :: (_ y i)
x' :: x'
x'_i :: (_ x' i)
x'' :: x''
x^{\prime} :: x'
z^{\prime\prime}_k :: (_ z'' k)
x^* :: (^ x *)
x_{+} :: (_ x +)
\sum_{k \ne i} x_k :: (sum (!= k i) ~ (_ x k))
W_{:,j} :: (_ W (, : j))
W_{i\cdot} :: (_ W (* i \cdot))
A^{-1} :: (^ A (- 1))
A^{-T} :: (^ A (- T))
p_{y_i} :: (_ p (_ y i))
x_{\text{true}} :: (_ x \text{true})
x_{} :: x
e^{x_i - m} :: (^ e (+ (_ x i) (- m)))
e^-x :: (^ e (- x))
x^10 :: (* (^ x 1) 0)
{g(x)}^2 :: (* g (^ (() x) 2))
f^{(l)\top} :: (^ f (* (() l) \top))
\theta_{y|x} :: (_ \theta (| y x))
n! :: (! n)
\binom{n}{k} :: (/ (! n) (* (! k) (! (() (+ n (- k))))))

# sums and products
a + b - c :: (+ a b (- c))
-a + b :: (+ (- a) b)
\pm a \mp b :: (+ (\pm a) (\mp b))
2ab :: (* 2 a b)
a \cdot b \times c :: (* a \cdot b \times c)
a * b :: (* a * b)
a \odot b \circ c :: (* a \odot b \circ c)
a \cdot -b :: (* a \cdot (- b))
a + -b :: (+ a (- b))
a . b :: (* a . b)
x y / z w :: (* (slash (* x y) z) w)
1/2 x :: (* (slash 1 2) x)
x^2/2s^2 y :: (* (slash (^ x 2) (* 2 (^ s 2))) y)
(x-m)^2/2\sigma :: (slash (^ (() (+ x (- m))) 2) (* 2 \sigma))
\lambda/2 w^2 :: (* (slash \lambda 2) (^ w 2))
a/b/c :: (slash (slash a b) c)
\frac{a}{b} c :: (* (/ a b) c)
\frac12 :: (/ 1 2)
\frac1n :: (/ 1 n)
\tfrac{a+b}{c} :: (/ (+ a b) c)
{a \over b} :: (/ a b)
a {b \over c} d :: (* a (/ b c) d)
e^{a/b} :: (^ e (slash a b))

# brackets
(a+b)c :: (* (() (+ a b)) c)
[a+b]^2 :: (^ ([] (+ a b)) 2)
\{y_1, y_2\} :: (\{\} (, (_ y 1) (_ y 2)))
\left( a \right) :: (() a)
\bigl( a \bigr) :: (() a)
\Big[ a \Big] :: ([] a)
|x| :: (|| x)
|x - |y|| :: (|| (+ x (- (|| y))))
a|x|b :: (* a (|| x) b)
\|x\|_2^2 :: (_^ (\|\| x) 2 2)
||x|| :: (\|\| x)
\left\| x \right\|^2 :: (^ (\|\| x) 2)
\lvert x \rvert :: (|| x)
\langle a, b \rangle :: (\langle\rangle (, a b))
\lfloor x \rfloor :: (\lfloor\rfloor x)
(0, 1] :: ((] (, 0 1))
\left. x \right) :: (.) x)
P(y|x) :: (* P (() (| y x)))
p(y \mid x; \theta) :: (* p (() (| y (; x \theta))))
D(p \| q) :: (* D (() (\| p q)))
D(p||q) :: (* D (() (\| p q)))
J(W,b;x,y) :: (* J (() (; W b x y)))
f(\cdot) :: (* f (() \cdot))
f() :: (* f (() (,)))
(a, b, \dots, c) :: (() (, a b ... c))

# fractions of differentials
\frac{\partial L}{\partial x} :: (∂ L x)
\frac{\partial^2 L}{\partial f_k \partial f_l} :: (∂2 L (_ f k) (_ f l))
\frac{\partial^2 L}{\partial x^2} :: (∂2 L x:2)
\frac{\partial^2}{\partial x^2} f :: (∂2* f x:2)
\frac{\partial}{\partial x} a b + c :: (+ (∂* (* a b) x) c)
\frac{\partial}{\partial x} (a + b) c :: (* (∂* (() (+ a b)) x) c)
\frac{\partial}{\partial x}\left[ a \right]^2 :: (∂* (^ ([] a) 2) x)
\frac{\partial}{\partial x}\frac{\partial}{\partial y} f :: (∂* (∂* f y) x)
\frac{\partial}{\partial x} a \frac{\partial}{\partial y} b :: (* (∂* a x) (∂* b y))
\frac{\partial}{\partial x} :: (∂* ~ x)
\frac{d}{dx} x^2 :: (D* (^ x 2) x)
\frac{dy}{dx} :: (D y x)
\frac{\mathrm{d} f}{\mathrm{d} x} :: (D f x)
\frac{\mathrm d}{\mathrm d x} f :: (D* f x)
\frac{d^2 y}{dx^2} :: (D2 y x:2)
\frac{d_k}{d_v} :: (/ (_ d k) (_ d v))
\frac{d}{n} :: (/ d n)
\partial a / \partial b :: (∂ a b)
\partial C/\partial w_j x :: (* (∂ C (_ w j)) x)
{\partial a \over \partial b} :: (∂ a b)
{d y \over d x} :: (D y x)
dL/dz :: (D L z)
(dL/dy)(dy/dx) :: (* (() (D L y)) (() (D y x)))
\partial_{x_i} f :: (∂* f (_ x i))
\partial_x^2 f :: (∂2* f x:2)
\frac{\partial \log p_j}{\partial z} :: (∂ (log~ (_ p j)) z)
\frac{\partial \left(\sum_j z_j\right)}{\partial z_i} :: (∂ (() (sum j ~ (_ z j))) (_ z i))
\frac{\partial [\sigma(\mathbf a)]_i}{\partial a_j} :: (∂ (_ ([] (* \sigma (() \mathbf{a}))) i) (_ a j))
\frac{\partial \frac{a}{b}}{\partial c} :: (∂ (/ a b) c)
\frac{\partial L(\theta)}{\partial \theta_{kj}} :: (∂ (* L (() \theta)) (_ \theta (* k j)))
\frac{\partial a + b}{\partial c} :: (∂ (+ a b) c)
\frac{\partial h}{\partial \mathbf{W}^{(1)}} :: (∂ h (^ \mathbf{W} (() 1)))
\frac{\pmb{\partial J}}{\pmb{\partial x}} :: (∂ J x)
\frac{{\partial J}}{{\partial x}} :: (∂ J x)
∂L/∂z :: (∂ L z)
\pdv{L}{x_i} :: (∂ L (_ x i))
\pdv[2]{L}{x} :: (∂2 L x:2)
\pdv{L}{x}{y} :: (∂2 L x y)
\dv{x} f g :: (D* (* f g) x)
\abs{x} \norm{y}^2 :: (* (|| x) (^ (\|\| y) 2))
\operatorname{d}L/\operatorname{d}x :: (D L x)
\nabla_\square L :: (∇ \square L)
\nabla_\theta J(\theta) :: (∇ \theta (* J (() \theta)))
\nabla f g :: (* (∇ ~ f) g)
\nabla^2 f :: (∇2 ~ f)
\nabla_{\theta} \log \pi(a|s) :: (∇ \theta (log~ (* \pi (() (| a s)))))

# big operators
\sum_{i=1}^n x_i :: (sum (= i 1) n (_ x i))
\sum_i x_i y_i + z :: (+ (sum i ~ (* (_ x i) (_ y i))) z)
\sum_j \sum_k a_{jk} :: (sum j ~ (sum k ~ (_ a (* j k))))
\sum_i -y_i \log p_i :: (sum i ~ (- (* (_ y i) (log~ (_ p i)))))
\sum\limits_{i} x_i :: (sum i ~ (_ x i))
\sum_{\substack{i=1 \\ i \ne j}}^n x_i :: (sum (, (= i 1) (!= i j)) n (_ x i))
\frac{a}{\sum} :: (/ a \sum)
\frac{a}{\sum_K} :: (/ a (_ \sum K))
\sum e^{x_k} :: (sum ~ ~ (^ e (_ x k)))
\Sigma_i x_i :: (* (_ \Sigma i) (_ x i))
\prod_{i} p_i^{t_i} :: (prod i ~ (_^ p i (_ t i)))
\int_0^1 f :: (int 0 1 f)
\max_j z_j - m :: (+ (max j ~ (_ z j)) (- m))
\max(0, x) :: (max (, 0 x))
\argmax_k p_k :: (argmax k ~ (_ p k))
\arg\max_k p_k :: (argmax k ~ (_ p k))
\operatorname*{arg\,max}_k p_k :: (argmax k ~ (_ p k))
\underset{\theta}{\operatorname{argmin}} L :: (argmin \theta ~ L)
\lim_{x \to 0} x :: (lim (to x 0) ~ x)
\mathbb{E}_{x \sim p}[\log x] + 1 :: (+ (mathbb{E} (sim x p) ~ ([] (log~ x))) 1)
\sum_{i}{(a+b) c} :: (sum i ~ (* (() (+ a b)) c))

# functions
\log x :: (log~ x)
\log x y + z :: (+ (log~ (* x y)) z)
\log x \cdot y :: (* (log~ x) \cdot y)
\log(x) :: (log x)
\log(x)^2 :: (^ (log x) 2)
\log(x) y :: (* (log x) y)
\log^2 x :: (log^2~ x)
\log_2 x :: (log_2~ x)
\log p(x) q :: (* (log~ (* p (() x))) q)
\log \frac{a}{b} c :: (* (log~ (/ a b)) c)
\log \sum_j e^{x_j} - y :: (+ (log~ (sum j ~ (^ e (_ x j)))) (- y))
\log \log x :: (log~ (log~ x))
\log{x} :: (log~ x)
\exp{(-x)} :: (exp (- x))
\exp\left( x \right) :: (exp x)
exp(x) :: (exp x)
log p_i :: (log~ (_ p i))
y log(p) :: (* y (log p))
ylog(p) :: (* y (log p))
y_ilog(p_i) :: (* (_ y i) (log (_ p i)))
-\ln a :: (- (ln~ a))
\ln|x| :: (ln x)
\exp -x :: (exp~ (- x))
\text{log}(x) :: (log x)
\text{softmax}(z)_i :: (_ (softmax z) i)
softmax(z) :: (softmax z)
\mathrm{diag}(p) :: (diag p)
\operatorname{tr}\left(A\right) :: (tr A)
\tanh'(x) :: (tanh' x)
\sigma(z)_i :: (* \sigma (_ (() z) i))
\sqrt{x} :: (sqrt x)
\sqrt[3]{x} :: (root 3 x)
\sqrt x :: (sqrt x)
sqrt(x) :: (sqrt x)

# tables
\begin{pmatrix} a & b \\ c & d \end{pmatrix} :: (pmatrix (a b) (c d))
\begin{bmatrix} p_1 \\ \vdots \\ p_K \end{bmatrix} :: (bmatrix ((_ p 1)) (...) ((_ p K)))
\left[ \begin{array}{cc} a & \\ & d \end{array} \right] :: ([] (array (a ~) (~ d)))
\begin{cases} a & \text{if } i = j \\ b & \text{otherwise} \end{cases} :: (cases (a "if " (= i j)) (b "otherwise"))
\begin{cases} a, & i = j, \\ b, & i \ne j. \end{cases} :: (cases (a (= i j)) (b (!= i j)))
\begin{cases} a \quad \text{for } i=1,\dots,n \\ b \end{cases} :: (cases (a "for " (, (= i 1) ... n)) (b))
\left\{ \begin{array}{ll} a & i = j \\ b & i \ne j \end{array} \right. :: (cases (a (= i j)) (b (!= i j)))

# decorations
\underbrace{a + b}_{=1} c :: (* (underbrace (+ a b) "= 1") c)
\overbrace{a}^{\text{note}} :: (overbrace a "note")
\cancel{a} b :: (* (cancel a) b)
\cancelto{0}{x} :: (cancelto x "0")
\boxed{a} :: (boxed a)
\textcolor{red}{a} b :: (* (textcolor a) b)
\color{red} a :: a
\underset{n \times 1}{x} :: (underset x "n \times 1")
\overset{a}{b} :: \overset{a}{b}
\overset{\text{a note}}{b} :: (overset b "a note")
\underset{m \times n}{X} :: (underset X "m \times n")
a \phantom{b} c :: (* a c)

# relations inside
1\{y = k\} :: (* 1 (\{\} (= y k)))
\mathbb{1}[i=j] :: (* \mathbb{1} ([] (= i j)))
1_{i=j} :: (_ 1 (= i j))
[i = j] :: ([] (= i j))
x_{i \le j < k} :: (_ x (rel i <= j < k))
a_1 + \cdots + a_K :: (+ (_ a 1) ... (_ a K))
p_1 p_2 \cdots p_K :: (* (_ p 1) (_ p 2) ... (_ p K))
1, \ldots, K :: (, 1 ... K)
\color{blue}{x} + \hphantom{x}y :: (+ x y)
ŷ_i − θ·x̄ :: (+ (_ \hat{y} i) (- (* \theta \cdot \bar{x})))
|x - |y|| :: (|| (+ x (- (|| y))))
||x|| :: (\|\| x)
D(p||q) :: (* D (() (\| p q)))
D(p \parallel q) :: (* D (() (\| p q)))
\begin{pmatrix} a & b \\ c & d \end{pmatrix} :: (pmatrix (a b) (c d))
\left[ \begin{array}{cc} a & \\ & d \end{array} \right] :: ([] (array (a ~) (~ d)))
\begin{cases} a, & i = j, \\ b, & i \ne j. \end{cases} :: (cases (a (= i j)) (b (!= i j)))
\left\{ \begin{array}{ll} a & i = j \\ b & i \ne j \end{array} \right. :: (cases (a (= i j)) (b (!= i j)))
+ :: +
a & b :: (* a b)
x \text{ if } y :: (* x " if " y)
\sum_i {a+b} :: (sum i ~ (+ a b))
(a | b | c) :: (() (* a (|| b) c))
"""

REFUSALS = r"""
\frac{a}{b :: E104 8-9
(a + b :: E103 0-1
a + b) :: E103 5-6
( a ] :: E103 0-1
a + :: E105 3-3
\frac{a} :: E105 8-8
\frac{}{b} :: E105 5-6
x_i_j :: E106 3-4
x^a^b :: E106 3-4
_i :: E106 0-1
{}_i x :: E106 2-3
{W x}^T :: E106 1-4
\foo :: E101 0-4
\foo{x} :: E101 0-4
\partial x :: E107 0-8
\frac{\partial a}{b} :: E107 6-14
\frac{a}{\partial b} :: E107 9-17
\frac{\partial^2 a}{\partial b} :: E107 20-30
\frac{\partial a}{\partial b \partial c} :: E107 18-39
\frac{\partial a}{\partial b} |_{b=0} :: E114 30-31
f(x)|_{x=0} :: E114 4-5
a = = b :: E102 4-5
a , , b :: E102 4-5
{n \choose k} :: E114 3-10
\begin{tabular}{c} a \end{tabular} :: E108 0-15
\begin{foo} a \end{foo} :: E108 0-11
\begin{pmatrix} a \end{bmatrix} :: E104 0-15
\end{cases} :: E104 0-11
\left x :: E103 0-6
\sqrt :: E105 5-5
\hat :: E105 4-4
a \\ b :: E105 0-6
@ :: E102 0-1
a # b :: E102 2-3
{a + b} c :: E114 1-6
a - {b + c} :: E114 5-10
\forall i :: E114 0-7
\frac{a}{b}} :: E104 11-12
\text{abc :: E104 5-6
a \over b :: E114 2-7
x!^2 :: E106 2-3
\mathbf{} :: E105 7-8
\log( :: E103 4-5
\begin{cases} \text{if } x & 1 \end{cases} :: E112 14-24
x!! :: E114 2-3
a/b/c/d/e/f/g/h/i/j/k/l :: E109 22-23
a) :: E103 1-2
\frac{\partial a}{b} :: E107 6-14
x^ :: E105 2-2
x_ :: E105 2-2
a \cdot :: E105 7-7
\sum_{i=1^n x :: E104 5-6
\begin{pmatrix} a & b :: E104 0-15
\mathbf :: E105 7-7
\partial_{} f :: E107 0-8
\operatorname :: E105 13-13
\cancelto{0} :: E105 12-12
\left( a \right :: E103 9-15
\substack{a}{b}} :: E104 15-16
"""

ROWS = r"""
a &= b \\ &= c :: a = b / = c
a = b = c :: a = b = c
= c :: = c
a := b \coloneqq c \triangleq d \equiv e :: a := b := c := d = e
a < b \le c \leq d > e \ge f \ne g \neq h \not= i :: a < b <= c <= d > e >= f != g != h != i
a \approx b \propto c \sim d \in e \to f :: a approx b propto c sim d in e to f
a \Rightarrow b \implies c \iff d :: a implies b implies c iff d
\therefore a = b :: therefore a = b
\because a = b, \therefore c = d :: because a = b therefore c = d
a \stackrel{(1)}{=} b \overset{\text{def}}{=} c \underset{x}{=} d :: a = b := c = d
a \xrightarrow{n} b \xlongequal{x} c :: a to b = c
a ≠ b ≤ c → d ⇒ e :: a != b <= c to d implies e
a := b := c :: a := b := c
a += b :: a += b
f : A \to B :: f : A to B
L = a - b, \quad k \ne i :: L = (+ a (- b)) # (!= k i)
L = a. :: L = a
L = a \,. :: L = a
L = a\quad, :: L = a
L = a, \\ M = b; :: L = a / M = b
p_i = x \quad \text{if } i = j :: (_ p i) = x # "if " (= i j)
p_i = x \text{ if } i = j \text{ and } k \ne l :: (_ p i) = x # " if " (= i j) " and " (!= k l)
p_i = x \quad (\text{because } s = 1) :: (_ p i) = x # "because " (= s 1)
p_i = x \quad (\because s = 1) :: (_ p i) = x # "because" (= s 1)
p_i = x, \qquad \forall i :: (_ p i) = x # "for all" i
p_i = x, \quad i = 1, \dots, K :: (_ p i) = x # (, (= i 1) ... K)
a = b, \quad f = g :: a = b / f = g
a = b \qquad f = g :: a = b / f = g
u = e^x, v = 1 + e^x :: u = (^ e x) / v = (+ 1 (^ e x))
a = b \quad\text{and}\quad f = g :: a = b / f = g # "and"
\text{If } i = j, \frac{\partial y_i}{\partial x_i} &= y_i :: (∂ (_ y i) (_ x i)) = (_ y i) # "If " (= i j)
\text{where } J_{ij} = a :: (_ J (* i j)) = a # "where "
\text{We split the sum:} :: # "We split the sum:"
\text{Cross Entropy} = - a :: \text{Cross Entropy} = (- a)
a = b & \text{by the chain rule} :: a = b # "by the chain rule"
a &= b & c &= d :: a = b / c = d
\frac{\partial y_i}{\partial z_j}, \; 1 \le i \le K :: (∂ (_ y i) (_ z j)) # (rel 1 <= i <= K)
i = 1, \ldots, K :: i = (, 1 ... K)
x, y = 1 :: (, x y) = 1
x_1, \dots, x_n :: (, (_ x 1) ... (_ x n))
a = b \square :: a = b
\delta w = \text{N.A.} :: (* \delta w) = \text{N.A.}
a &= b \\ &+ c \\ &- d \\ &= e :: a = (+ b c (- d)) / = e
a = \left( b \right. \\ \left. + c \right) :: a = (() (+ b c))
a &= b \\ &\quad {}+ c \\ &\quad {}\cdot d \\ &\quad {}= e :: a = (+ b (* c \cdot d)) / = e
&a \\ &\quad {}= b {} \\ &\quad {}- c :: a / = (+ b (- c))
{}& a{}={} & b + {}{}c :: a = (+ b c)
a = {}_2 b :: a = !E106
a = \frac{b}{} c :: a = !E105
a = b^{} c :: a = (* b c)
a = b + \\ & + c :: a = (+ b c)
a = b \\ \intertext{so that} c = d :: a = b / # "so that" / c = d
\begin{aligned} a &= b \\ &= c \end{aligned} :: a = b / = c
L = \begin{split} a & + b \\ & = c \end{split} :: L = (+ a b) / = c
\begin{array}{rcl} a & = & b \\ & = & c \end{array} :: a = b / = c
\left\{ \begin{aligned} a &= b \\ c &= d \end{aligned} \right. :: a = b / c = d
\begin{cases} a = b \\ c = d \end{cases} :: a = b / c = d
\begin{eqnarray} a &=& b \nonumber \\ &=& c \end{eqnarray} :: a = b / = c
\boxed{a = b} :: a = b
\boxed{\begin{align} a &= b \\ c &= d \end{align}} :: a = b / c = d
\colorbox{red}{ $ a = b $ } :: a = b
a = b \label{eq:1} \tag{3} \notag :: a = b
a = b \\[1em] c = d \newline e = f \cr g = h :: a = b / c = d / e = f / g = h
\require{cancel} a = \displaystyle b :: a = b
a = b % a comment = c :: a = b
a = (b = c :: a = !E103 = c
a = b) = c :: a = !E103 = c
a = x_i_j = c :: a = !E106 = c
a = \foo = c :: a = !E101 = c
a = b + = c :: a = !E105 = c
a = \text{softmax}(z)_i :: a = (_ (softmax z) i)
\begin{align} a &= b, & i &= j, \\ c &= d, & i &\ne j. \end{align} :: a = b # (= i j) / c = d # (!= i j)
a = b \text{ ($i \ne j$)} :: a = b # " (" (!= i j) ")"
i \ne j: \quad p = q :: p = q # (!= i j)
a = b \quad + c :: a = (+ b c)
a =\quad b :: a = b
p = \begin{cases} a & i = j \\ b & i \ne j \end{cases}, \quad q = r :: p = (cases (a (= i j)) (b (!= i j))) / q = r
\pi_i = \frac{1}{K} \quad \text{for all } i \in \{1, \dots, K\} :: (_ \pi i) = (/ 1 K) # "for all " (in i (\{\} (, 1 ... K)))
"""


def table(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.strip().splitlines() if line and not line.startswith("# ")]
    pairs = [line.partition(" :: ") for line in lines]
    assert all(mark for _, mark, _ in pairs)
    return [(latex, expected) for latex, _, expected in pairs]


def read(latex: str, macros: dict | None = None) -> Node:
    return parse_expression(latex, 0, len(latex), macros or {})


def display(latex: str, macros: dict | None = None) -> syntax.Rows:
    return parse_display(latex, 0, len(latex), macros or {})


@pytest.mark.parametrize(("latex", "expected"), table(TREES))
def test_tree(latex: str, expected: str) -> None:
    assert sexpr(read(latex)) == expected


@pytest.mark.parametrize(("latex", "expected"), table(REFUSALS))
def test_refusal(latex: str, expected: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(latex)
    diagnostic = caught.value.diagnostic
    assert f"{diagnostic.code} {diagnostic.span.start}-{diagnostic.span.end}" == expected


@pytest.mark.parametrize(("latex", "expected"), table(ROWS))
def test_rows(latex: str, expected: str) -> None:
    assert rows_sexpr(display(latex)).replace("\n", " / ") == expected


def test_the_tables_are_large() -> None:
    assert len(table(TREES)) + len(table(REFUSALS)) >= 250


# Places


def test_spans_are_offsets_into_the_whole_text() -> None:
    text = r"Let $x$. \[ p_i = \frac{a + b}{c} \] end"
    start, end = text.index("p_i"), text.index(r"\]")
    (row,) = parse_display(text, start, end, {}).rows
    left, right = row.segments
    assert text[slice(*left.span)] == "p_i"
    assert text[slice(*right.relation_span)] == "="
    assert text[slice(*right.span)] == r"\frac{a + b}{c}"
    assert isinstance(right.side, syntax.Quotient)
    assert text[slice(*right.side.numerator.span)] == "a + b"
    assert text[slice(*row.cells_span)] == r"p_i = \frac{a + b}{c}"


@pytest.mark.parametrize(("latex", "_"), table(TREES))
def test_every_span_lies_in_its_parent(latex: str, _: str) -> None:
    def inside(node: Node) -> None:
        for part in children(node):
            assert node.span.start <= part.span.start <= part.span.end <= node.span.end, (node, part)
            inside(part)

    tree = read(latex)
    assert 0 <= tree.span.start <= tree.span.end <= len(latex)
    inside(tree)


def children(node: object) -> list[Node]:
    if isinstance(node, Node):
        values = [getattr(node, name) for name in type(node).__slots__ if name != "span"]
    else:
        values = list(node) if isinstance(node, tuple) else []
    found: list[Node] = []
    for value in values:
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            found.extend(children(value))
    return found


# Macros

MACROS = {
    r"\R": (0, None, r"\mathbb{R}"),
    r"\pd": (2, None, r"\frac{\partial #1}{\partial #2}"),
    r"\dd": (2, "L", r"\frac{\partial #1}{\partial #2}"),
    r"\swap": (2, None, "#2 #1"),
    r"\name": (1, None, r"\text{#1}"),
    r"\loop": (0, None, r"\loop"),
    r"\twice": (1, None, r"\twice{#1 #1}"),
    r"\bad": (0, None, "#1"),
    r"\argmax": (0, None, r"\operatorname*{arg\,max}"),
}


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\R^n", r"(^ \mathbb{R} n)"),
        (r"\pd{L}{x_i}", "(∂ L (_ x i))"),
        (r"\pd Lx", "(∂ L x)"),
        (r"\dd{x}", "(∂ L x)"),
        (r"\dd[f]{x}", "(∂ f x)"),
        (r"\swap{a}{b}", "(* b a)"),
        (r"\name{softmax}(z)", "(softmax z)"),
        (r"\argmax_k p_k", "(argmax k ~ (_ p k))"),
        (r"\newcommand{\g}[1]{e^{#1}} \g{x} \g y", "(* (^ e x) (^ e y))"),
    ],
)
def test_macros(latex: str, expected: str) -> None:
    assert sexpr(read(latex, MACROS)) == expected


def test_macro_bodies_stand_where_the_macro_is_called() -> None:
    latex = r"a + \pd{L}{x_i}"
    tree = read(latex, MACROS)
    assert isinstance(tree, syntax.Add)
    derivative = tree.terms[1][1]
    assert isinstance(derivative, syntax.DerivativeOp)
    assert derivative.span == Span(4, len(latex))
    assert latex[slice(*derivative.variables[0][0].span)] == "x_i"


@pytest.mark.parametrize(
    ("latex", "code"), [(r"\loop", "E109"), (r"\twice{x}", "E109"), (r"\pd{L}", "E113"), (r"\bad", "E113")]
)
def test_macros_that_cannot_be_expanded(latex: str, code: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(latex, MACROS)
    assert caught.value.diagnostic.code == code


# Rows


def test_an_unreadable_side_leaves_the_others() -> None:
    (row,) = display(r"a = \foo(x) = b").rows
    assert [type(segment.side).__name__ for segment in row.segments] == ["Symbol", "ReadError", "Symbol"]


def test_an_unreadable_display_is_one_unreadable_side() -> None:
    (row,) = display(r"a = \frac{b").rows
    (segment,) = row.segments
    assert isinstance(segment.side, ReadError)
    assert segment.side.diagnostic.code == "E104"


def test_rows_of_prose_have_no_segments() -> None:
    rows = display(r"a = b \\ \text{so we get} \\ c = d").rows
    assert [len(row.segments) for row in rows] == [2, 0, 2]


def test_nothing_but_a_comment_has_no_rows() -> None:
    assert display("% a = b\n").rows == ()


def test_continuation_rows_open_with_an_empty_side() -> None:
    first, second = display(r"= a").rows[0].segments
    assert first.relation is None
    assert first.side is None
    assert second.relation == "="


def test_annotations_of_relations_are_kept() -> None:
    segments = display(r"a \stackrel{(1)}{=} b \overset{\text{def}}{=} c").rows[0].segments
    assert [(s.relation, s.annotation) for s in segments] == [(None, ""), ("=", "( 1 )"), (":=", "def")]


@pytest.mark.parametrize(
    ("latex", "code", "culprit"),
    [
        (r"e^-x", "W401", "^-x"),
        (r"x^10", "W402", "10"),
        (r"a \cdot -b", "W404", "-b"),
        (r"x^2/2s^2", "W409", "2s^2"),
        (r"\exp{x - m}", "W403", "}"),
        (r"\frac{\partial a + b}{\partial c}", "W405", "a + b"),
    ],
)
def test_forgiven_with_a_warning(latex: str, code: str, culprit: str) -> None:
    (warning,) = display(latex).warnings
    assert warning.code == code
    assert latex[slice(*warning.span)] == culprit


# Robustness


@pytest.mark.parametrize(
    "unit",
    ["{", "}", "(", ")", r"\frac", r"\frac{", r"\left(", "x_", "^", r"\sqrt[", r"\begin{aligned}", r"\text{", "-", "|",
     r"\stackrel{a}", "{}", "'", "a/", r"\sum_i ", r"\log ", "&", r"\\", ",", "=", "d", "$", r"\tag{"],
)  # fmt: skip
def test_masses_of_anything_end_in_rows(unit: str) -> None:
    for row in display(unit * 3000).rows:
        for segment in row.segments:
            assert segment.side is None or isinstance(segment.side, (Node, ReadError))


def test_a_million_braces_end_in_a_diagnostic() -> None:
    (row,) = display("{" * 1_000_000).rows
    error = row.segments[0].side
    assert isinstance(error, ReadError)
    assert error.diagnostic.code == "E109"


@pytest.mark.parametrize(
    "opener, closer", [("(", ")"), ("{", "_{a}}"), (r"\frac{a}{", "}"), (r"\sqrt{", "}"), ("x_{", "}")]
)
def test_nesting_is_limited(opener: str, closer: str) -> None:
    assert isinstance(read(opener * 20 + "x" + closer * 20), Node)
    depth = MAX_DEPTH + 1
    with pytest.raises(ReadError) as caught:
        read(opener * depth + "x" + closer * depth)
    assert caught.value.diagnostic.code in ("E109", "E106")


@pytest.mark.parametrize("unit", ["a+", "(a)", "|a|", "a=", r"a=b\\", "d x ", r"\text{if }i=j,"])
def test_reading_takes_linear_time(unit: str) -> None:
    def seconds(count: int) -> float:
        text = unit * count + "a"
        best = 1e9
        for _ in range(3):
            start = time.process_time()
            display(text)
            best = min(best, time.process_time() - start)
        return best

    gc.disable()  # its cost grows with all that other tests left behind, not with the text
    try:
        assert seconds(8000) < 20 * seconds(1000) + 0.05
    finally:
        gc.enable()


SEEDS = [latex for latex, _ in table(TREES) + table(REFUSALS) + table(ROWS)]
PIECES = ["{", "}", "(", ")", "[", "]", "|", r"\|", "_", "^", "&", r"\\", r"\left", r"\right", "=", "+", "-", ",", ".", "'",
          r"\frac", r"\partial", r"\sum", r"\text{", r"\begin{cases}", r"\end{cases}", r"\quad", "d", "/", "%", "\n",
          r"\over", "#1", "$", "é", "\U0001d431", "\u0302", r"\mathbf", r"\stackrel", r"\underbrace", "!", "²"]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = (
        draw(st.sampled_from(SEEDS))
        + draw(st.sampled_from(["", " = ", r" \\ ", r" \quad "]))
        + draw(st.sampled_from(SEEDS))
    )
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(text)))
        gone = draw(st.integers(0, 3))
        text = text[:at] + draw(st.sampled_from(["", *PIECES])) + text[at + gone :]
    return text


@given(mutated())
@settings(max_examples=400, deadline=None)
def test_mutated_formulas_give_trees_or_diagnostics_inside_the_text(latex: str) -> None:
    def check(span: Span) -> None:
        assert 2 <= span.start <= span.end <= 2 + len(latex)

    def check_tree(node: Node) -> None:
        check(node.span)
        for part in children(node):
            check_tree(part)

    rows = parse_display("$$" + latex + "$$", 2, 2 + len(latex), MACROS)
    for row in rows.rows:
        check(row.cells_span)
        for segment in row.segments:
            check(segment.span)
            if segment.relation_span is not None:
                check(segment.relation_span)
            if isinstance(segment.side, ReadError):
                check(segment.side.diagnostic.span)
            elif segment.side is not None:
                check_tree(segment.side)
        for remark in row.remarks:
            check_tree(remark.content)
    for warning in rows.warnings:
        check(warning.span)
    assert isinstance(rows_sexpr(rows), str)


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_gives_rows(latex: str) -> None:
    rows_sexpr(display(latex))
