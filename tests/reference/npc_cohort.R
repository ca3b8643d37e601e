# Main numbers of the synthetic cohort, computed from its raw CSV files by a path of their own: plain R and `survival`.
#
#   Rscript tests/reference/npc_cohort.R        (from the root of the repository; writes tests/reference/npc_cohort.json)
#
# Rules: index = first systemic drug after progression on the first line; mode = what was started from it to 28 days after it;
# RECIST 1.1 without confirmation; time in days = date - index + 1; months = days / 30.4375; Cox with Efron's ties.

suppressPackageStartupMessages({
  library(survival)
  library(jsonlite)
})

folder <- "examples/npc-cohort/records"
cutoff <- as.Date("2025-02-28")
window_start <- as.Date("2018-01-01")
window_end <- as.Date("2024-12-12")
days_per_month <- 30.4375
combination_window <- 28
min_sd <- 42
teae_window <- 30

read <- function(domain) { # text is kept as bytes, so that it doesn't depend on the locale
  read.csv(file.path(folder, paste0(domain, ".csv")), colClasses = "character", na.strings = "")
}
dm <- read("dm"); ex <- read("ex"); rs <- read("rs"); tu <- read("tu"); tr <- read("tr")
ae <- read("ae"); cm <- read("cm"); ss <- read("ss"); lb <- read("lb"); ds <- read("ds")
ex$from <- as.Date(ex$EXSTDTC); ex$to <- as.Date(ex$EXENDTC)
rs$day <- as.Date(rs$RSDTC); tu$day <- as.Date(tu$TUDTC); tr$day <- as.Date(tr$TRDTC); cm$day <- as.Date(cm$CMSTDTC)
ae$day <- as.Date(ae$AESTDTC); ss$day <- as.Date(ss$SSDTC); lb$day <- as.Date(lb$LBDTC); ds$day <- as.Date(ds$DSSTDTC)
dm$death <- as.Date(dm$DTHDTC)

# ---- components by drug names: parts of names, in bytes ------------------------------------------------------------------------
parts <- list(
  I = c("camrelizumab", "\u5361\u745e\u5229\u73e0", "\u827e\u745e\u5361", "toripalimab", "\u7279\u745e\u666e\u5229", "\u62d3\u76ca",
        "sintilimab", "\u4fe1\u8fea\u5229", "\u8fbe\u4f2f\u8212", "tislelizumab", "\u66ff\u96f7\u5229\u73e0", "\u767e\u6cfd\u5b89",
        "pembrolizumab", "\u5e15\u535a\u5229\u73e0", "keytruda", "\u53ef\u745e\u8fbe", "nivolumab", "\u7eb3\u6b66\u5229\u5c24", "opdivo",
        "\u6b27\u72c4\u6c83"),
  T = c("apatinib", "\u963f\u5e15\u66ff\u5c3c", "\u827e\u5766", "anlotinib", "\u5b89\u7f57\u66ff\u5c3c", "\u798f\u53ef\u7ef4"),
  C = c("gemcitabine", "\u5409\u897f\u4ed6\u6ee8", "platin", "ddp", "\u987a\u94c2", "\u5948\u8fbe\u94c2", "docetaxel",
        "\u591a\u897f\u4ed6\u8d5b", "capecitabine", "\u5361\u57f9\u4ed6\u6ee8", "xeloda", "\u5e0c\u7f57\u8fbe", "paclitaxel",
        "\u7d2b\u6749\u9187", "s-1", "\u66ff\u5409\u5965")
)
holds <- function(text, pieces) {
  low <- tolower(text)
  Reduce(`|`, lapply(enc2utf8(pieces), function(p) grepl(p, low, fixed = TRUE, useBytes = TRUE)))
}
for (part in names(parts)) ex[[part]] <- holds(ex$EXTRT, parts[[part]])
unnamed <- ex[!ex$I & !ex$T & !ex$C, ]
stopifnot(rowSums(ex[c("I", "T", "C")]) <= 1)

# ---- cut-off: what came after it shows only that the patient was alive -----------------------------------------------------------
dated <- rbind(
  data.frame(id = ex$USUBJID, day = ex$from), data.frame(id = ex$USUBJID, day = ex$to), data.frame(id = rs$USUBJID, day = rs$day),
  data.frame(id = tu$USUBJID, day = tu$day), data.frame(id = tr$USUBJID, day = tr$day), data.frame(id = cm$USUBJID, day = cm$day),
  data.frame(id = ae$USUBJID, day = ae$day), data.frame(id = lb$USUBJID, day = lb$day), data.frame(id = ds$USUBJID, day = ds$day),
  data.frame(id = ss$USUBJID[ss$SSORRES != "DEAD"], day = ss$day[ss$SSORRES != "DEAD"]), data.frame(id = dm$USUBJID, day = dm$death)
)
dated <- dated[!is.na(dated$day), ]
rows_after_cutoff <- list(
  EX = sum(ex$from > cutoff), TU = sum(tu$day > cutoff), TR = sum(tr$day > cutoff), AE = sum(ae$day > cutoff), CM = sum(cm$day > cutoff),
  SS = sum(ss$day > cutoff), deaths = sum(dm$death > cutoff, na.rm = TRUE)
)
ex <- ex[ex$from <= cutoff, ]; ex$to <- pmin(ex$to, cutoff)
rs <- rs[rs$day <= cutoff, ]; tu <- tu[tu$day <= cutoff, ]; tr <- tr[tr$day <= cutoff, ]; cm <- cm[cm$day <= cutoff, ]
ae <- ae[ae$day <= cutoff, ]
dm$death[!is.na(dm$death) & dm$death > cutoff] <- NA

# ---- who is in, index date, mode -----------------------------------------------------------------------------------------------------
first_pd <- with(rs[rs$RSCAT == "FIRST LINE" & rs$RSORRES == "PD", ], tapply(day, USUBJID, min))
index_of <- function(id) {
  if (!(id %in% names(first_pd))) return(as.Date(NA))
  later <- ex$from[ex$USUBJID == id & ex$from > first_pd[[id]]]
  if (length(later)) min(later) else as.Date(NA)
}
dm$index <- do.call(c, lapply(dm$USUBJID, index_of))
started <- function(id, part) {
  index <- dm$index[dm$USUBJID == id]
  d <- ex$from[ex$USUBJID == id & ex[[part]] & ex$from >= index]
  if (length(d)) as.integer(min(d) - index) else NA_integer_
}
for (part in names(parts)) {
  dm[[part]] <- vapply(dm$USUBJID, function(id) if (is.na(dm$index[dm$USUBJID == id])) NA_integer_ else started(id, part), 1L)
}
within <- function(x) !is.na(x) & x <= combination_window
dm$mode <- paste0(ifelse(within(dm$I), "I", ""), ifelse(within(dm$T), "T", ""), ifelse(within(dm$C), "C", ""))
outside <- !is.na(dm$index) & (dm$index < window_start | dm$index > window_end)
no_progression <- is.na(dm$index)
no_antibody <- !is.na(dm$index) & !outside & !within(dm$I)
flow <- list(
  records = nrow(dm), outside_window = sum(outside), still_on_first_line = sum(no_progression), no_antibody = sum(no_antibody),
  analysed = sum(!outside & !no_progression & !no_antibody)
)
cohort <- dm[!outside & !no_progression & !no_antibody, ]
stopifnot(cohort$mode %in% c("ITC", "IT", "IC", "I"))
cohort$group <- ifelse(cohort$mode %in% c("ITC", "IT"), "COMBINATION", "NON-COMBINATION")
study_rows <- function(id) { # the study line: from the index date to the day before the next line
  rows <- ex[ex$USUBJID == id & ex$from >= cohort$index[cohort$USUBJID == id], ]
  rows[rows$EXLINE == "2", ]
}

# ---- response --------------------------------------------------------------------------------------------------------------------------
size_of <- function(rows) { # tenths of a millimetre; too small to measure counts 5 mm
  text <- rows$TRORRES
  value <- suppressWarnings(as.numeric(text)) * ifelse(rows$TRORRESU %in% "cm", 100, 10)
  value[text %in% "TOO SMALL TO MEASURE"] <- 50
  round(value)
}
respond <- function(id, start) {
  lesions <- tu[tu$USUBJID == id, ]
  targets <- lesions$TULNKID[lesions$TUORRES == "TARGET"]
  others <- lesions$TULNKID[lesions$TUORRES == "NON-TARGET"]
  nodes <- lesions$TULNKID[lesions$TULOC == "LYMPH NODE"]
  rows <- tr[tr$USUBJID == id, ]
  new <- lesions[lesions$TUORRES == "NEW", ]
  sure <- vapply(seq_len(nrow(new)), function(k) {
    states <- rows$TRORRES[rows$TRLNKID == new$TULNKID[k]]
    !length(states) || any(states != "EQUIVOCAL") # equivocal at every scan: none; sure later: dated to the first scan
  }, logical(1))
  new_day <- if (any(sure)) min(new$day[sure]) else as.Date(NA)
  out <- NULL
  baseline <- nadir <- NA
  for (v in sort(unique(as.numeric(rows$VISITNUM)))) {
    at <- rows[as.numeric(rows$VISITNUM) == v, ]
    mine <- at[match(targets, at$TRLNKID), ]
    size <- size_of(mine)
    total <- sum(size)
    if (max(at$day) <= start) {
      baseline <- nadir <- total
      next
    }
    known <- size[!is.na(size)]
    node <- (targets %in% nodes)[!is.na(size)]
    target <- if (length(known) == length(size) && all(known == 0 | (node & known < 100))) "CR"
      else if (sum(known) * 10 >= 12 * nadir && sum(known) - nadir >= 50) "PD"
      else if (is.na(total)) "NE"
      else if (total * 10 <= 7 * baseline) "PR"
      else "SD"
    state <- at$TRORRES[match(others, at$TRLNKID)]
    other_pd <- state %in% "UNEQUIVOCAL PROGRESSION"
    clear <- !length(others) || all(state %in% "ABSENT")
    is_new <- !is.na(new_day) && new_day <= max(at$day)
    overall <- if (target == "PD" || any(other_pd) || is_new) "PD"
      else if (target == "CR") { if (clear) "CR" else "PR" }
      else target
    shown <- c(
      if (target == "PD") max(mine$day), if (any(other_pd)) min(at$day[match(others, at$TRLNKID)][other_pd]),
      if (is_new) max(new_day, min(at$day))
    )
    day <- if (overall == "PD") min(as.Date(shown, origin = "1970-01-01")) else max(at$day)
    out <- rbind(out, data.frame(visit = v, day = day, sum = total / 10, overall = overall))
    if (!is.na(total)) nadir <- min(nadir, total)
  }
  list(visits = out, baseline = baseline / 10)
}
best <- function(r, start, new_therapy) {
  if (is.null(r)) return("NE")
  r <- r[is.na(new_therapy) | r$day <= new_therapy, ]
  pd <- which(r$overall == "PD")
  if (length(pd)) r <- r[seq_len(pd[1]), ]
  if (any(r$overall == "CR")) return("CR")
  if (any(r$overall == "PR")) return("PR")
  if (any(r$overall == "SD" & r$day - start >= min_sd)) return("SD")
  if (length(pd) && any(r$overall == "PD")) "PD" else "NE"
}

# ---- patient by patient ------------------------------------------------------------------------------------------------------------------
per <- list()
for (id in cohort$USUBJID) {
  me <- cohort[cohort$USUBJID == id, ]
  start <- me$index
  r <- respond(id, start)
  v <- r$visits
  lines <- cm$day[cm$USUBJID == id & cm$CMCAT == "NEW ANTICANCER THERAPY" & cm$day > start]
  new_therapy <- if (length(lines)) min(lines) else as.Date(NA)
  pd <- if (is.null(v)) NULL else v$day[v$overall == "PD"]
  pd <- if (length(pd)) min(pd) else as.Date(NA)
  event <- if (is.na(pd) && is.na(me$death)) as.Date(NA) else min(pd, me$death, na.rm = TRUE)
  adequate <- if (is.null(v)) as.Date(character()) else v$day[v$overall != "NE"]
  time_of <- function(policy) {
    if (!policy && !is.na(new_therapy) && (is.na(event) || new_therapy < event)) {
      return(list(day = max(start, adequate[adequate <= new_therapy]), cnsr = 1, reason = "new anticancer therapy"))
    }
    if (!is.na(event)) return(list(day = event, cnsr = 0, reason = if (!is.na(pd) && pd == event) "progression" else "death"))
    list(day = max(start, adequate), cnsr = 1, reason = "last adequate assessment")
  }
  pfs <- time_of(FALSE); ema <- time_of(TRUE)
  alive <- min(max(dated$day[dated$id == id]), cutoff)
  last <- if (is.na(me$death)) alive else me$death
  mine <- study_rows(id)
  events <- ae[ae$USUBJID == id & ae$day >= start & ae$day <= max(mine$to) + teae_window, ]
  related <- is.na(events$AEREL) | events$AEREL == "Y"
  antibodies <- unique(mine$from[mine$I])
  per[[id]] <- list(
    mode = me$mode, group = me$group, index = format(start), first_line_pd = format(as.Date(first_pd[[id]], origin = "1970-01-01")),
    baseline_sum = r$baseline, visits = if (is.null(v)) 0 else nrow(v), bor = best(v, start, new_therapy),
    pfs_days = as.integer(pfs$day - start) + 1L, pfs_cnsr = pfs$cnsr, pfs_reason = pfs$reason,
    pfsema_days = as.integer(ema$day - start) + 1L, pfsema_cnsr = ema$cnsr,
    os_days = as.integer(last - start) + 1L, os_cnsr = as.integer(is.na(me$death)),
    trae = any(related), trae3 = any(related & as.integer(events$AETOXGR) >= 3),
    trae_fatal = any(related & as.integer(events$AETOXGR) == 5), missing_attribution = sum(is.na(events$AEREL)),
    later_targeted = if (is.na(me$T) || within(me$T) || !any(mine$T)) NULL else me$T,
    later_chemotherapy = if (is.na(me$C) || within(me$C) || !any(mine$C)) NULL else me$C,
    antibody_courses = length(antibodies),
    event_in_window = !is.na(event) && event - start <= combination_window
  )
}
col <- function(name) vapply(per, function(p) as.numeric(p[[name]]), numeric(1))
txt <- function(name) vapply(per, function(p) p[[name]], character(1))
flagged <- function(name) names(per)[vapply(per, function(p) !is.null(p[[name]]) && p[[name]] > 0, logical(1))]
count <- function(x) as.list(table(x))

d <- data.frame(
  mode = factor(txt("mode"), c("I", "IC", "IT", "ITC")), group = factor(txt("group"), c("NON-COMBINATION", "COMBINATION")),
  pfs = col("pfs_days"), pfs_event = 1 - col("pfs_cnsr"), ema = col("pfsema_days"), ema_event = 1 - col("pfsema_cnsr"),
  os = col("os_days"), os_event = 1 - col("os_cnsr"), bor = txt("bor"),
  age = as.numeric(cohort$AGE), sex = factor(cohort$SEX, c("M", "F")), ecog = factor(cohort$ECOG),
  endemic = factor(cohort$ENDEMIC, c("N", "Y")), ebv = as.numeric(cohort$EBVDNA)
)
d$age_group <- ifelse(d$age < 50, "<50", ">=50")
d$ebv_group <- ifelse(d$ebv < 4000, "<4000", ">=4000")

median_of <- function(time, event) {
  q <- quantile(survfit(Surv(time, event) ~ 1, conf.type = "log-log"), 0.5)
  as.list(c(median = unname(q$quantile), lower = unname(q$lower), upper = unname(q$upper)) / days_per_month)
}
rows_of <- function(fit) {
  s <- summary(fit)
  out <- lapply(seq_len(nrow(s$coefficients)), function(i) {
    list(hr = s$conf.int[i, 1], lower = s$conf.int[i, 3], upper = s$conf.int[i, 4], p = s$coefficients[i, 5])
  })
  setNames(out, rownames(s$coefficients))
}
logrank <- function(formula, data) {
  x <- survdiff(formula, data)
  list(chisq = x$chisq, df = length(x$obs[x$exp > 0]) - 1, p = pchisq(x$chisq, 1, lower.tail = FALSE))
}
compare <- function(time, event) {
  d$t <- d[[time]]; d$e <- d[[event]]
  by_group <- split(d, d$group)
  subgroups <- c("endemic", "sex", "age_group", "ebv_group")
  modes <- survdiff(Surv(t, e) ~ mode, d)
  list(
    events = lapply(by_group, function(x) sum(x$e)), median = lapply(by_group, function(x) median_of(x$t, x$e)),
    median_by_mode = lapply(split(d, d$mode), function(x) median_of(x$t, x$e)),
    logrank = logrank(Surv(t, e) ~ group, d), logrank_stratified = {
      x <- survdiff(Surv(t, e) ~ group + strata(endemic), d)
      list(chisq = x$chisq, p = pchisq(x$chisq, 1, lower.tail = FALSE))
    },
    cox = rows_of(coxph(Surv(t, e) ~ group, d))[[1]],
    cox_stratified = rows_of(coxph(Surv(t, e) ~ group + strata(endemic), d))[[1]],
    cox_adjusted = rows_of(coxph(Surv(t, e) ~ group + age + sex + ecog + endemic, d)),
    cox_modes = rows_of(coxph(Surv(t, e) ~ mode, d)),
    logrank_modes = list(chisq = modes$chisq, df = 3, p = pchisq(modes$chisq, 3, lower.tail = FALSE)),
    subgroups = setNames(lapply(subgroups, function(s) {
      part <- d[!is.na(d[[s]]), ]
      part$s <- factor(part[[s]])
      test <- anova(coxph(Surv(t, e) ~ group + s, part), coxph(Surv(t, e) ~ group * s, part))
      within <- lapply(split(part, part$s), function(x) c(list(n = nrow(x)), rows_of(coxph(Surv(t, e) ~ group, x))[[1]]))
      list(levels = within, interaction_chisq = test$Chisq[2], interaction_p = test[["Pr(>|Chi|)"]][2])
    }), subgroups)
  )
}
rate_tests <- function(yes) {
  t <- table(d$group, factor(yes, c(FALSE, TRUE)))
  pearson <- suppressWarnings(chisq.test(t, correct = FALSE))
  n <- nrow(d)
  exact <- function(g) {
    b <- binom.test(sum(yes[d$group == g]), sum(d$group == g))
    list(x = unname(b$statistic), n = unname(b$parameter), rate = unname(b$estimate), lower = b$conf.int[1], upper = b$conf.int[2])
  }
  list(
    COMBINATION = exact("COMBINATION"), "NON-COMBINATION" = exact("NON-COMBINATION"), p_pearson = pearson$p.value,
    p_n_minus_1 = pchisq(unname(pearson$statistic) * (n - 1) / n, 1, lower.tail = FALSE),
    p_yates = suppressWarnings(chisq.test(t))$p.value, p_fisher = fisher.test(t)$p.value
  )
}
summary <- list(
  flow = flow, rows_after_cutoff = rows_after_cutoff, groups = count(d$group), modes = count(d$mode),
  groups_if_later_additions_counted = count(
    ifelse(grepl("T", d$mode) | names(per) %in% flagged("later_targeted"), "COMBINATION", "NON-COMBINATION")
  ),
  endemic = count(d$endemic), bor = lapply(split(d$bor, d$group), count),
  orr = rate_tests(d$bor %in% c("CR", "PR")), dcr = rate_tests(d$bor %in% c("CR", "PR", "SD")),
  trae = rate_tests(col("trae") == 1), trae3 = rate_tests(col("trae3") == 1), treatment_related_deaths = sum(col("trae_fatal")),
  missing_attribution_events = sum(col("missing_attribution")),
  pfs = compare("pfs", "pfs_event"), pfs_treatment_policy = compare("ema", "ema_event"), os = compare("os", "os_event"),
  follow_up_reverse_km = median_of(d$os, 1 - d$os_event),
  follow_up_observed = list(median = median(d$os) / days_per_month, min = min(d$os) / days_per_month, max = max(d$os) / days_per_month),
  pfs_reasons = count(paste(txt("pfs_reason"))),
  later_targeted = flagged("later_targeted"), later_chemotherapy = flagged("later_chemotherapy"),
  antibodies_in_sequence = names(per)[col("antibody_courses") > 1], event_in_window = flagged("event_in_window"),
  drugs_outside_components = length(unique(unnamed$EXTRT)), drugs_outside_components_in_study_line = sum(unnamed$EXLINE == "2")
)
software <- list(
  R = paste(R.version$major, R.version$minor, sep = "."), survival = as.character(packageVersion("survival")),
  jsonlite = as.character(packageVersion("jsonlite"))
)
write_json(
  list(made_by = "tests/reference/npc_cohort.R", software = software, cutoff = format(cutoff), summary = summary, patients = per),
  "tests/reference/npc_cohort.json", auto_unbox = TRUE, digits = NA, pretty = TRUE, na = "null"
)
