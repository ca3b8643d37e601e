# Cohen's kappa. Makes agreement.json. The standard error is the delta method on the multinomial, its gradient taken numerically: no formula
# of a standard error is written out here. epiR's estimate for 2 x 2 stands beside it (its standard errors are others). Run from anywhere:
# Rscript tests/reference/agreement.R
suppressPackageStartupMessages({library(jsonlite); library(epiR)})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
kappa <- function(p) { p <- p / sum(p); e <- sum(rowSums(p) * colSums(p)); (sum(diag(p)) - e) / (1 - e) }
delta <- function(x) {
  n <- sum(x); p <- x / n; h <- 1e-6
  g <- sapply(seq_along(p), function(i) { a <- b <- p; a[i] <- a[i] + h; b[i] <- b[i] - h; (kappa(a) - kappa(b)) / (2 * h) })
  sqrt((sum(g^2 * p) - sum(g * p)^2) / n)
}
tables <- list(
  c(20, 5, 10, 15), c(45, 15, 25, 15), c(25, 35, 5, 35), c(1, 6, 4, 0),
  c(75, 1, 4, 5, 4, 1, 0, 0, 10),                      # Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, table 18.1
  c(12, 3, 1, 0, 2, 20, 4, 1, 0, 5, 14, 2, 0, 0, 3, 9))
out <- lapply(tables, function(v) {
  k <- sqrt(length(v)); x <- matrix(v, k, byrow = TRUE)
  r <- list(table = x, kappa = kappa(x), std_error = delta(x))
  if (k == 2) { e <- epi.kappa(x, method = "fleiss")$kappa; r$epiR <- e$est }
  r
})
versions <- list(R = R.version.string, epiR = as.character(packageVersion("epiR")))
write(toJSON(list(versions = versions, tables = out), digits = 12, auto_unbox = TRUE, pretty = TRUE), file.path(here, "agreement.json"))
