# Proportions, two proportions, tables, ranks and means. Makes tables.json.
# Where R has no function, the formula is written out here on its own path: restricted maxima by a root finder, tails by
# the densities. Run from anywhere: Rscript tests/reference/tables.R
suppressPackageStartupMessages(library(jsonlite))
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
root <- function(f, a, b) uniroot(f, c(a, b), tol = 1e-15, maxiter = 5000)$root
z <- qnorm(.975)

one <- list()
for (v in list(c(11, 20), c(0, 15), c(15, 15), c(1, 30), c(263, 263 + 1337), c(81, 263), c(7, 9))) {
  x <- v[1]; n <- v[2]; p <- x / n
  ac <- (x + z^2 / 2) / (n + z^2)
  # P(X > x) + P(X = x) / 2 and its mirror
  low <- if (x == 0) 0 else root(function(q) pbinom(x, n, q, FALSE) + dbinom(x, n, q) / 2 - .025, 0, 1)
  high <- if (x == n) 1 else root(function(q) pbinom(x - 1, n, q) + dbinom(x, n, q) / 2 - .025, 0, 1)
  one[[length(one) + 1]] <- list(x = x, n = n,
    `clopper-pearson` = as.numeric(binom.test(x, n)$conf.int),
    wilson = as.numeric(suppressWarnings(prop.test(x, n, correct = FALSE))$conf.int),
    # p = 0 as null value keeps prop.test from shrinking its continuity correction near one half
    `wilson-cc` = as.numeric(suppressWarnings(prop.test(x, n, p = if (p > .5) .001 else .999, correct = TRUE))$conf.int),
    wald = c(max(0, p - z * sqrt(p * (1 - p) / n)), min(1, p + z * sqrt(p * (1 - p) / n))),
    `agresti-coull` = c(max(0, ac - z * sqrt(ac * (1 - ac) / (n + z^2))), min(1, ac + z * sqrt(ac * (1 - ac) / (n + z^2)))),
    jeffreys = c(if (x == 0) 0 else qbeta(.025, x + .5, n - x + .5), if (x == n) 1 else qbeta(.975, x + .5, n - x + .5)),
    `mid-p` = c(low, high))
}

# Score statistics with the restricted maximum found by a root finder in the second proportion.
score_limits <- function(x1, n1, x2, n2, kind, factor) {
  p1 <- x1 / n1; p2 <- x2 / n2
  first <- switch(kind, rd = function(p, t) p + t, rr = function(p, t) p * t,
                  or = function(p, t) p * t / (1 - p + p * t))
  slope <- switch(kind, rd = function(p, t) 1, rr = function(p, t) t, or = function(p, t) t / (1 - p + p * t)^2)
  range <- switch(kind, rd = function(t) c(max(0, -t), min(1, 1 - t)), rr = function(t) c(0, min(1, 1 / t)),
                  or = function(t) c(0, 1))
  stat <- function(t) {
    r <- range(t); e <- 1e-13 * diff(r)
    dl <- function(p) { q <- first(p, t); (x1 / q - (n1 - x1) / (1 - q)) * slope(p, t) + x2 / p - (n2 - x2) / (1 - p) }
    a <- r[1] + e; b <- r[2] - e
    p <- if (dl(a) <= 0) r[1] else if (dl(b) >= 0) r[2] else root(dl, a, b)
    q <- first(p, t); v1 <- q * (1 - q); v2 <- p * (1 - p)
    switch(kind,
      rd = (p1 - p2 - t) / sqrt((v1 / n1 + v2 / n2) * factor),
      rr = (p1 - t * p2) / sqrt((v1 / n1 + t^2 * v2 / n2) * factor),
      or = ((p1 - q) / v1 - (p2 - p) / v2) / sqrt((1 / (n1 * v1) + 1 / (n2 * v2)) * factor))
  }
  est <- switch(kind, rd = p1 - p2, rr = p1 / p2, or = p1 / (1 - p1) / (p2 / (1 - p2)))
  if (kind == "rd") c(root(function(t) stat(t) - z, -1 + 1e-9, est), root(function(t) stat(t) + z, est, 1 - 1e-9))
  else exp(c(root(function(t) stat(exp(t)) - z, log(est) - 6, log(est)), root(function(t) stat(exp(t)) + z, log(est), log(est) + 6)))
}
# Conditional distribution of the first cell, written with choose().
exact_limits <- function(x1, n1, x2, n2, own) {
  m <- x1 + x2; k <- max(0, m - n2):min(n1, m)
  w <- function(t) { l <- lchoose(n1, k) + lchoose(n2, m - k) + k * t; e <- exp(l - max(l)); e / sum(e) }
  up <- function(t) sum(w(t)[k > x1]) + own * w(t)[k == x1] - .025
  lo <- function(t) sum(w(t)[k < x1]) + own * w(t)[k == x1] - .025
  exp(c(root(up, -20, 20), root(lo, -20, 20), root(function(t) sum(w(t) * k) - x1, -20, 20)))
}
two <- list()
for (v in list(c(56, 70, 48, 80), c(9, 10, 3, 10), c(5, 56, 2, 29), c(30, 200, 55, 190), c(3, 12, 9, 14))) {
  x1 <- v[1]; n1 <- v[2]; x2 <- v[3]; n2 <- v[4]; m <- matrix(c(x1, n1 - x1, x2, n2 - x2), 2, byrow = TRUE)
  N <- n1 + n2; f <- N / (N - 1); ft <- fisher.test(m)
  w1 <- suppressWarnings(prop.test(x1, n1, correct = FALSE))$conf.int; w2 <- suppressWarnings(prop.test(x2, n2, correct = FALSE))$conf.int
  p1 <- x1 / n1; p2 <- x2 / n2
  two[[length(two) + 1]] <- list(v = v,
    rd = list(newcombe = c(p1 - p2 - sqrt((p1 - w1[1])^2 + (w2[2] - p2)^2), p1 - p2 + sqrt((w1[2] - p1)^2 + (p2 - w2[1])^2)),
              `miettinen-nurminen` = score_limits(x1, n1, x2, n2, "rd", f), mee = score_limits(x1, n1, x2, n2, "rd", 1),
              wald = as.numeric(suppressWarnings(prop.test(c(x1, x2), c(n1, n2), correct = FALSE))$conf.int)),
    rr = list(`miettinen-nurminen` = score_limits(x1, n1, x2, n2, "rr", f), koopman = score_limits(x1, n1, x2, n2, "rr", 1),
              log = p1 / p2 * exp(c(-1, 1) * z * sqrt(1 / x1 - 1 / n1 + 1 / x2 - 1 / n2))),
    or = list(`miettinen-nurminen` = score_limits(x1, n1, x2, n2, "or", f), score = score_limits(x1, n1, x2, n2, "or", 1),
              exact = exact_limits(x1, n1, x2, n2, 1)[1:2], `mid-p` = exact_limits(x1, n1, x2, n2, .5)[1:2],
              woolf = exp(log(p1 * (1 - p2) / (p2 * (1 - p1))) + c(-1, 1) * z * sqrt(sum(1 / m)))),
    # fisher.test stops its root finder at 1.2e-4: the odds ratio is found again to the last digit.
    fisher_p = ft$p.value, conditional = exact_limits(x1, n1, x2, n2, 1)[3], fisher_or = unname(ft$estimate),
    chisq = unname(suppressWarnings(chisq.test(m, correct = FALSE))$statistic),
    yates = unname(suppressWarnings(chisq.test(m))$statistic))
}
big <- list(matrix(c(3, 1, 2, 1, 3, 5, 0, 2, 7), 3), matrix(c(4, 0, 2, 6, 1, 5, 5, 3), 2), matrix(c(12, 3, 8, 15, 7, 9, 4, 11), 4))
big <- lapply(big, function(m) list(table = m, fisher = fisher.test(m)$p.value,
  chisq = unname(suppressWarnings(chisq.test(m))$statistic), p = suppressWarnings(chisq.test(m))$p.value))

k3 <- array(c(12, 7, 5, 9, 3, 2, 9, 12, 20, 8, 11, 16), c(2, 2, 3))
cmh <- list(tables = lapply(1:3, function(i) k3[, , i]))
a <- mantelhaen.test(k3, correct = FALSE); b <- mantelhaen.test(k3, correct = TRUE)
cmh <- c(cmh, list(plain = unname(a$statistic), corrected = unname(b$statistic), or = unname(a$estimate), ci = as.numeric(a$conf.int)))
ucb <- mantelhaen.test(UCBAdmissions, correct = FALSE)
ucb <- list(tables = lapply(1:6, function(i) matrix(as.numeric(UCBAdmissions[, , i]), 2)), statistic = unname(ucb$statistic), or = unname(ucb$estimate), ci = as.numeric(ucb$conf.int))

set.seed(5)
x <- round(rnorm(23, 1), 1); y <- round(rnorm(31, 1.4, 1.6), 1); u <- rnorm(12); v <- rnorm(9, .8)
pairs <- round(rnorm(25, .4), 1); clean <- rnorm(14, .3)
q <- function(...) suppressWarnings(wilcox.test(...))
ranks <- list(x = x, y = y, u = u, v = v, pairs = pairs, clean = clean,
  tied_W = unname(q(x, y, exact = FALSE)$statistic), tied_p = q(x, y, exact = FALSE)$p.value,
  tied_p_plain = q(x, y, exact = FALSE, correct = FALSE)$p.value,
  exact_W = unname(q(u, v, exact = TRUE)$statistic), exact_p = q(u, v, exact = TRUE)$p.value,
  signed_V = unname(q(pairs, exact = FALSE)$statistic), signed_p = q(pairs, exact = FALSE)$p.value,
  signed_exact_V = unname(q(clean, exact = TRUE)$statistic), signed_exact_p = q(clean, exact = TRUE)$p.value)
t1 <- t.test(x, y)
welch <- list(t = unname(t1$statistic), df = unname(t1$parameter), p = t1$p.value, ci = as.numeric(t1$conf.int))
tails <- list(z = c(.1, 1.96, 8, 30), normal = 2 * pnorm(-c(.1, 1.96, 8, 30)),
              chi = lapply(1:6, function(df) pchisq(c(.01, 1, 5, 60, 800), df, lower.tail = FALSE)),
              probs = c(1e-12, .001, .025, .3, .5, .975, 1 - 1e-10), quantile = qnorm(c(1e-12, .001, .025, .3, .5, .975, 1 - 1e-10)))
write_json(list(versions = list(R = R.version.string), one = one, two = two, big = big, cmh = cmh, ucb = ucb,
                ranks = ranks, welch = welch, tails = tails),
           file.path(here, "tables.json"), digits = I(15), auto_unbox = TRUE, na = "null")
