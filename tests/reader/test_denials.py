r"""What words deny, ask, suppose or mention in passing is no assumption, and no case of what follows."""

from __future__ import annotations

import pytest

from symderiv.check import check_text
from symderiv.kernel import Proved, Refuted, Undecided

LOSS = "With $p_i = \\frac{e^{z_i}}{\\sum_k e^{z_k}}$ the loss is $L = -\\sum_i t_i \\log p_i$. {}\n\n$$\\frac{\\partial L}{\\partial z_j} = p_j - t_j$$\n"
JACOBIAN = "Let $p_i = e^{z_i}/\\sum_j e^{z_j}$. {}\n\n$$\\frac{\\partial p_i}{\\partial z_j} = p_i (1 - p_j)$$\n"
FORM = "Let $x$ be a vector. {}\n\n$$\\nabla_x x^T A x = 2 A x$$\n"
PLACE = LOSS.replace("p_j - t_j", "p_j - \\delta_{jc}")
BIT = "{}\n\n$$b_k^2 + 1 = b_k + 1$$\n"
VALUE = "The logistic function is $\\sigma(x) = \\frac{1}{1+e^{-x}}$. {}\n\n$$\\sigma'(x) = \\frac{1}{4}$$\n"


def proved(text: str, words: str) -> bool:
    return isinstance(check_text(text.replace("{}", words), "words.md").claims[-1].verdict, Proved)


SAID_OF_TARGETS = [
    "The targets sum to one.", "Here $t$ is one-hot.", "The labels are one-hot.", "We use one-hot encoded labels.",
    "Since $t$ is one-hot, only one term survives.", "Using $\\sum_i t_i = 1$, we get", "Note that $\\sum_i t_i = 1$.",
    "Here $t$ is a probability vector.", "Sei $t$ eine Wahrscheinlichkeitsverteilung.", "In $t$ exactly one entry is 1.",
    "Soit $t$ un vecteur de probabilités.", "这里标签 $t$ 中只有一个为1，其余为0。", "ここで $t$ は確率ベクトルである。",
    "We have $t_k = 1$ for the correct class and 0 otherwise.", "Sea $t$ un vector de probabilidades.",
    "The entries of $t$ sum to one.", "Each row $t$ is one-hot.", "Without loss of generality, let $\\sum_i t_i = 1$.",
    "As in the last section, $t$ is one-hot.", "The weights $t_i$ add up to 1.", "Therefore $t$ is one-hot, so we find",
    "$t$ is a one-hot vector, and only if $i = c$ is its entry 1.", "其中 $t$ 是独热向量。", "Die $t_i$ summieren sich zu 1.",
    "Suppose that $t$ is one-hot.", "Here $t$ is one-hot, with a 1 if and only if the class is right.",
    "Because $\\sum_i t_i = 1$ (not because of any property of $p$) we find", "The target distribution sums to one.",
]  # fmt: skip
ONE_HOT = [
    "with one-hot targets $t$ and class weights.",
    "The one-hot vector $t$ is multiplied by the logarithms and summed.",
    "where $t$ is one-hot: 1 for the true class and 0 for the others.",
    "The weighted average of the logarithms, with one-hot weights $t$, is",
    "where the one-hot encoded label $t$ is a probability vector.",
]  # fmt: skip
ONE_HOT_NO_MORE = [
    "where $t$ is a one-hot vector multiplied by the class weight $w$.", "with a weighted one-hot vector $t$.",
    "where $t$ is a one-hot vector scaled by $w$.", "where $t$ is twice the one-hot vector.",
    "where $t$ is the class weight times a one-hot vector.",
    "The $t$ are one-hot vectors weighted by inverse class frequency.",
    "The targets $t$ are one-hot vectors with the ones replaced by the class frequency.",
    "where $t$ is a one-hot vector plus noise.", "where $t$ is a noisy version of the one-hot label.",
    "The one-hot vector is multiplied by the sample weight to give $t$.",
    "where $t$ is a one-hot vector or all zeros.", "where $t$ is one-hot for labelled examples and zero for padding.",
    "Dabei ist $t$ ein mit dem Klassengewicht multiplizierter one-hot-Vektor.",
    "where $t$ is a smoothed one-hot vector.", "$t$ est un vecteur one-hot pondéré.", "其中 $t$ 是加权的独热向量。",
    "where $t$ is the sum of two one-hot vectors.",
    "For one sample, $t$ is one-hot; for the batch we add them up and call the result $t$ again.",
    "The noisy one-hot labels $t$ are given.",
]  # fmt: skip
NOT_SAID_OF_TARGETS = [
    "Many tutorials assume that $t$ is one-hot. We don't.", "Had $t$ been one-hot, the sum would have been one.",
    "Let us drop the assumption that $t$ is one-hot.", "In contrast to a one-hot $t$, the targets here are counts.",
    "The vector $t$ could be one-hot, or a vector of counts.", "$t$ is sometimes one-hot.", "The $t_i$ fail to sum to one.",
    "Provided the $t_i$ sum to one this would be the cross entropy.", "Only for single-label problems is $t$ one-hot.",
    "We do not assume that $\\sum_i t_i = 1$.", "In general $\\sum_i t_i = 1$ fails.", "Is $t$ one-hot?",
    "Here $\\sum_i t_i = 1$ is not required.", "This holds without $\\sum_i t_i = 1$:", "Only if $\\sum_i t_i = 1$ does this simplify.",
    "Wir setzen nicht voraus, dass $\\sum_i t_i = 1$.", "If we had $\\sum_i t_i = 1$, this would simplify.",
    "The predicted probabilities sum to one, the scores do not.", "The softmax outputs are positive and sum to 1.",
    "Compare this with one-hot labels.", "The squares of $t$ sum to one.", "The $t$ sum to 1.5.", "The $t$ sum to one hundred.",
    "The labels $t$ are non one-hot.", "It is false that $t$ is one-hot.", "The input words are one-hot encoded.",
    "Is $t_k = 1$ for the correct class and 0 otherwise?", "The rows of $t$ sum to one.", "$t$ is no probability vector.",
    "When $t$ is one-hot, things are simple.", "Falls $t$ one-hot ist, wird es einfach.", "若 $t$ 是独热向量，则很简单。",
    "Si $t$ est un vecteur one-hot, tout est simple.", "もし $t$ がワンホットなら簡単である。", "만약 $t$ 가 원-핫 이면 간단하다.",
    "Se $t$ è one-hot, tutto è semplice.", "As long as $t$ is one-hot, things are simple.", "当 $t$ 是独热向量时很简单。",
    "The $t_i$ sum to 1/2.", "The $t_i$ sum to one minus the mass of the rest.", "The $t_i$ sum to 1 + a small error.",
    "The $t_i$ sum to one or less.", "Die $t_i$ summieren sich zu 1 oder weniger.", "The $t_i^2$ sum to one.", "The values $|t_i|$ sum to one.",
    "The logarithms of the $t_i$ sum to one.", "The $t_i$ and the prior $b$ sum to one.", "Together with $t_0$, the $t_i$ sum to one.",
    "$t$ is an unnormalised probability distribution.", "The $t_i$ rarely sum to one.", "The $t_i$ used to sum to one.",
    "$t$ is approximately one-hot.", "$t$ is one-hot or multi-hot.", "On average, the $t_i$ sum to one.",
    "The $t_i$ need to sum to one for this to be a loss, which we drop.", "It is tempting to think that $t$ is one-hot.",
    "Ignoring that $t$ is one-hot,", "Beyond the case in which $t$ is one-hot, take any weights.", "Except where $t$ is one-hot, it is hard.",
    "Many authors wrongly believe that $t$ is one-hot.", "A special case: $t$ is one-hot.", "$t$ is one-hot in Section 2 and any vector here.",
    "Les $t_i$ ne somment à 1 que dans un cas particulier.", "Let $\\sum_i t_i = 1$ be violated.", "The constraint $\\sum_i t_i = 1$ is dropped.",
    "Contrary to $\\sum_i t_i = 1$, here the $t_i$ are free.", "We could impose $\\sum_i t_i = 1$, but prefer not to.",
    "Let $t_i \\ge 0$ with $\\sum_i t_i = 1$ holding approximately.", "In Wikipedia, where $\\sum_i t_i = 1$, this is simpler.",
    "Models with $\\sum_i t_i = 1$ are called mixtures; ours is not one.", "When $\\sum_i t_i = 1$ this is a mean.",
    "Here $t$ is one-hot. In general, $t$ is any vector.", "Let $t$ be one-hot. Now let the $t_i$ be arbitrary.",
    "在一般情况下 $t$ 是任意向量。", "Einige Autoren nehmen an, dass $t$ one-hot ist.", "Als $t$ one-hot war, galt dies; jetzt ist $t$ beliebig.",
    "For \\$4 the codes $u$ are one-hot, and $t$ is any vector.",
]  # fmt: skip
CASES = [
    "while for $i = j$",
    "whereas for $i = j$ we obtain",
    "当 $i = j$ 时，",
    "Für $i = j$ gilt",
    "If $i = j$,",
    "For $i = j$ we have",
    "Case $i=j$.",
    "First, let $i = j$.",
    "Consider the case $i = j$:",
]
NO_CASES = [
    "Set $i = j$ aside. Then",
    "Unless $i = j$,", "Whether $i = j$ or not,", "There is no need to distinguish $i = j$:", "Except when $i=j$,",
    "For every $i$, including $i = j$, we have", "We showed the case $i = j$ last week. Today:",
    "This formula holds for all $i$ and $j$, even when $i=j$:",
    "Remember that the diagonal ($i=j$) is special. The Jacobian reads", "After the case $i = j$ we turn to the other one.",
    "The case $i = j$ is left as an exercise.", "In the case $i = j$ nothing changes; otherwise", "Außer für $i = j$ gilt",
    "除 $i = j$ 外，", "当 $i = j$ 不成立时，", "Whereas for $i = j$ we had a square, for distinct indices", "Sauf si $i = j$,",
]  # fmt: skip
SYMMETRIC = [
    "Let $A$ be any symmetric matrix.",
    "Here $A$ is an arbitrary symmetric matrix.",
    "Let $A$ be a symmetric matrix.",
    "Let $A$ be symmetric.",
    "With $x$ and symmetric $A$ we get",
]
NOT_SYMMETRIC = [
    "Let $A$ be a matrix, symmetric or not.", "$A$ is symmetric only in special cases.",
    "Were $A$ symmetric, the gradient would be simpler.", "For symmetric $A$ see the appendix.",
    "Even when $A$ is symmetric we write it so.", "Wenn $A$ symmetrisch ist, wird es einfacher.", "如果 $A$ 是对称矩阵，结果更简单。",
    "Let $A$ be symmetric. Now drop the symmetry of $A$.", "Let $A$ be symmetric at first. In general, $A$ is any matrix.",
    "Let $A$ be a skew-symmetric matrix.", "Let $B$, $A$ be matrices with symmetric $B$, $A$ arbitrary.",
]  # fmt: skip
PLACES = [
    "Here $t$ is the one-hot vector of the correct class $c$.", "The one-hot vector $t$ encodes the true class $c$.",
    "The correct class is $c$, and $t$ is one-hot.", "Dabei ist $t$ der One-Hot-Vektor der richtigen Klasse $c$.",
    "其中 $t$ 是 one-hot 向量，真实类别为 $c$。", "Let $c$ be the true class, $t$ is one-hot.",
    "$t$ est le vecteur one-hot de la bonne classe $c$.", "Suppose the true class is $c$. Since $t$ is a one-hot vector,",
]  # fmt: skip
NO_PLACES = [
    "Here $t$ is one-hot. The true class is not $c$.", "Here $t$ is one-hot, and $c$ is a class.", "Is $c$ the true class?",
    "The targets are one-hot. For the class $c$ we get", "The true class is $c$.", "If $t$ were one-hot, the true class $c$",
]  # fmt: skip
BITS = [
    "Here $b_k$ is either 0 or 1.", "Each $b_k$ is $0$ or $1$.", "标签 $b_k$ 取值为0或1。", "$b_k$ 的取值为 $0$ 或 $1$。",
    "$b_k$ は0または1である。", "Dabei ist $b_k$ 0 oder 1.", "Cada $b_k$ es 0 o 1.", "$b_k$ vaut 0 ou 1.", "Let $b_k \\in \\{0; 1\\}$.",
]  # fmt: skip
NO_BITS = [
    "$b_k$ is neither 0 nor 1.", "$b_k$ is not 0 or 1.", "If $b_k$ is 0 or 1 this is nothing.", "$b_k$ is 0 or 1.5.",
    "$b_k$ is either 0 or 1 in logistic regression, but here we need real-valued $b_k$.", "$b_k$ is 0 or 1 in the appendix.",
    "Here $b_k$ is $1$ or $-1$.", "Is $b_k$ 0 or 1?", "Only $c_k$ is 0 or 1.",
]  # fmt: skip
SYMMETRIC_NAMED = [
    "$A$ は対称行列とする。", "対称行列 $A$ に対して", "$A$는 대칭행렬이다.", "Пусть $A$ — симметричная матрица.",
    "Матрица $A$ симметрична.", "Seja $A$ uma matriz simétrica.", "Niech $A$ będzie macierzą symetryczną.",
    "Cho $A$ là ma trận đối xứng.", "Let $A\\in\\mathbb{S}^n$.", "Let $A \\succeq 0$.", "where $A \\succ 0$",
    "Let $A$ be PSD.", "Let $A$ be a positive semidefinite matrix.", "where $A$ is the kernel matrix",
    "with the Gram matrix $A$", "Let $A$ be the scatter matrix.", "Let $A$ be the covariance matrix.",
    "Sei $A$ die Kovarianzmatrix.", "Soit $A$ la matrice de covariance.", "Sea $A$ la matriz de covarianza.",
    "设 $A$ 为协方差矩阵。", "$A$ は共分散行列とする。", "$A$는 공분산 행렬이다.", "Let $A$ be the Hessian.",
    "where $A$ is the Hessian matrix of the loss", "Let $A$ be a diagonal matrix.",
    "Sei $A$ eine symmetrische Matrix.", "设 $A$ 是对称矩阵。", "Let $A$ be symmetric positive definite.",
    "Sia $A$ una matrice simmetrica.", "Let $A \\in \\mathbb{R}^{n\\times n}$ be SPD.",
]  # fmt: skip
NOT_SYMMETRIC_NAMED = [
    "There exist symmetric $A$ for which this is zero.", "Assume $A$ is symmetric. Or rather, let us not.",
    "A common simplification takes $A$ symmetric; ours is general.",
    "$A$ is not symmetric.", "$A$ は対称とは限らない。", "$A$는 대칭이 아니다.", "Пусть $A$ не симметрична.", "$A$ não é simétrica.",
    "设 $A$ 不是对称矩阵。", "$A$ là ma trận không đối xứng.", "Let $A$ be skew-symmetric.", "Let $A$ be any matrix.",
    "$A$ nie jest symetryczna.", "The Hessian of $A$ is constant.", "The diagonal of $A$ is zero.",
    "The kernel matrix $K$ and any $A$.", "$A$ ist nicht symmetrisch.", "$A$ n'est pas symétrique.",
    "$A$ non è simmetrica.",
]  # fmt: skip
VALUES = ["At $x = 0$ we have", "For $x = 0$:", "Suppose that $x = 0$."]
NO_VALUES = ["It takes the value $\\frac12$ at $x = 0$.", "For $x = 0$ it is one half.", "Not only for $x = 0$ we have"]


FIXED = "Let $q = w^2$ and $L = q x + w$. {}\n\n$$\\frac{\\partial L}{\\partial w} = 1$$\n"
HELD = ["Holding $q$ fixed we get", "We treat $q$ as a constant.", "In the M-step of EM,"]
NOT_HELD = [
    "Treating $q$ as a constant is wrong.", "First we hold $q$ fixed. Now let $q$ vary with $w$.", "When $q$ is held fixed, all is easy.",
    "Treating the other variables as constants we get", "Holding everything else fixed, the derivative is",
    "In the previous section we held $q$ fixed, now we don't.", "Keep in mind that $q$ depends on $w$ and isn't fixed.",
    "At test time one keeps $q$ fixed, so this is about training only.", "We use the EM algorithm elsewhere.",
]  # fmt: skip
SAID = {
    LOSS: SAID_OF_TARGETS + ONE_HOT,
    JACOBIAN: CASES,
    VALUE: VALUES,
    FORM: SYMMETRIC + SYMMETRIC_NAMED,
    PLACE: PLACES,
    BIT: BITS,
    FIXED: HELD,
}
NOT_SAID = {
    LOSS: NOT_SAID_OF_TARGETS + ONE_HOT_NO_MORE,
    JACOBIAN: NO_CASES,
    VALUE: NO_VALUES,
    FORM: NOT_SYMMETRIC + NOT_SYMMETRIC_NAMED,
    PLACE: NO_PLACES,
    BIT: NO_BITS,
    FIXED: NOT_HELD,
}


@pytest.mark.parametrize(("text", "words"), [(text, w) for text, said in SAID.items() for w in said])
def test_what_the_words_say_is_assumed(text, words):
    assert proved(text, words)


@pytest.mark.parametrize(("text", "words"), [(text, w) for text, said in NOT_SAID.items() for w in said])
def test_what_they_deny_suppose_or_mention_in_passing_is_not(text, words):
    assert not proved(text, words)


def test_what_a_later_section_says_is_not_assumed_before():
    sections = "# Counts\n\n" + LOSS.replace("{}", "") + "\n# Classes\n\nHere the targets $t$ are one-hot.\n\n"
    checked = check_text(sections + "$$\\frac{\\partial L}{\\partial z_j} = p_j - t_j$$\n", "words.md")
    assert [isinstance(step.verdict, Proved) for step in checked.claims] == [False, True]


OTHERWISE = (
    "Softmax is $p_i = \\frac{e^{z_i}}{\\sum_k e^{z_k}}$. {}\n\n$$\\frac{\\partial p_i}{\\partial z_j} = -p_ip_j$$\n"
)


@pytest.mark.parametrize(
    "words",
    ["Otherwise we have", "The off-diagonal entries are",
     "When the two indices differ,", "$i$ と $j$ が異なるとき", "当 $i$ 与 $j$ 不同时，", "$i$와 $j$가 다를 때,"],
)  # fmt: skip
def test_a_case_that_only_words_give_is_no_ground_to_call_a_line_false(words):
    step = check_text(OTHERWISE.replace("{}", words), "words.md").claims[-1]
    assert isinstance(step.verdict, Undecided) and "it holds when i ≠ j" in step.diagnostic.notes[0]


@pytest.mark.parametrize(
    "words", ["For distinct $i$ and $j$,", "When $i$ is different from $j$,", "For a class $j$ other than $i$:"]
)
def test_letters_that_words_tell_apart(words):
    step = check_text(OTHERWISE.replace("{}", words), "words.md").claims[-1]
    assert isinstance(step.verdict, Proved) and step.verdict.given


@pytest.mark.parametrize(
    ("beside", "verdict"),
    [(r"\quad \text{当 } i \neq j", Proved), (r"\quad \text{если } i \ne j", Proved), (r"\quad \text{若} i \ne j", Proved),
     (r"\tag{$i \ne j$}", Undecided), (r"\tag{i\neq j}", Undecided), (r"\tag{3}", Refuted), (r"\quad \text{当 } i = j", Refuted)],
)  # fmt: skip
def test_a_case_beside_the_formula_in_other_languages_and_as_its_number(beside, verdict):
    text = OTHERWISE.replace("{}", "We find").replace("-p_ip_j", f"-p_ip_j {beside}")
    assert isinstance(check_text(text, "words.md").claims[-1].verdict, verdict)


def test_without_such_words_it_is_false():
    assert isinstance(check_text(OTHERWISE.replace("{}", "We find"), "words.md").claims[-1].verdict, Refuted)


TWO = "The loss is $J = \\frac12 (wx - y)^2$. With {} $J = \\frac12 (wx - y)^2 + \\frac{\\lambda}{2} w^2$, so\n\n"


def test_the_meaning_in_the_words_before_counts():
    text = TWO.replace("{}", "weight decay")
    lost = check_text(text + "$$\\frac{\\partial J}{\\partial w} = (wx - y) x$$\n", "words.md").claims[-1]
    kept = check_text(text + "$$\\frac{\\partial J}{\\partial w} = (wx - y) x + \\lambda w$$\n", "words.md").claims[-1]
    assert isinstance(lost.verdict, Undecided) and isinstance(kept.verdict, Proved)


def test_what_others_write_defines_nothing_anew():
    text = "Let $f = x^2$. (Wikipedia has $f = x^3$.)\n\n$$\\frac{df}{dx} = 3x^2$$\n"
    assert isinstance(check_text(text, "words.md").claims[-1].verdict, Undecided)
