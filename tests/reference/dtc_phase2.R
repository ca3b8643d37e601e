# Main numbers of the synthetic twin trial, computed from its raw CSV files by a path of their own: plain R and `survival`.
#
#   Rscript tests/reference/dtc_phase2.R        (from the root of the repository; writes tests/reference/dtc_phase2.json)
#
# Rules: RECIST 1.1; FDA table A for PFS; time in days = date - start + 1, start = first anlotinib dose; months = days / 30.4375.

suppressPackageStartupMessages({
  library(survival)
  library(jsonlite)
})

folder <- "examples/dtc-phase2/records"
cutoff <- as.Date("2024-12-31")
days_per_month <- 30.4375
scan_every <- 84 # days
window <- 14
min_sd <- 42
confirm_after <- 28
teae_window <- 30
on_days <- 14
cycle_days <- 21
planned_per_day <- 12 * on_days / cycle_days

read <- function(domain) {
  read.csv(file.path(folder, paste0(domain, ".csv")), colClasses = "character", na.strings = "", encoding = "UTF-8")
}
code <- function(x) toupper(trimws(x)) # codes are compared without case or blanks around them

dm <- read("dm"); ex <- read("ex"); tu <- read("tu"); tr <- read("tr"); lb <- read("lb")
ae <- read("ae"); cm <- read("cm"); ds <- read("ds"); ss <- read("ss"); pr <- read("pr")

# ---- cut-off: later rows go; what runs past it is truncated (drug) or stays ongoing (events) ---------------------------------
last_day_of <- function(x) { # a month without a day is kept when the month began by the cut-off
  as.Date(ifelse(nchar(x) == 7, paste0(x, "-01"), x))
}
before_cut <- function(d, column) d[!is.na(d[[column]]) & last_day_of(d[[column]]) <= cutoff, ]
contact_after <- unique(ss$USUBJID[as.Date(ss$SSDTC) > cutoff])
rows_after_cutoff <- sum(last_day_of(ae$AESTDTC) > cutoff) + sum(as.Date(tr$TRDTC) > cutoff) + sum(as.Date(ss$SSDTC) > cutoff) +
  sum(as.Date(ex$EXSTDTC) > cutoff) + sum(as.Date(lb$LBDTC) > cutoff) + sum(as.Date(tu$TUDTC) > cutoff) +
  sum(as.Date(cm$CMSTDTC) > cutoff) + sum(as.Date(ds$DSSTDTC) > cutoff) + sum(as.Date(pr$PRSTDTC) > cutoff)
ex <- before_cut(ex, "EXSTDTC"); tu <- before_cut(tu, "TUDTC"); tr <- before_cut(tr, "TRDTC"); lb <- before_cut(lb, "LBDTC")
ae <- before_cut(ae, "AESTDTC"); cm <- before_cut(cm, "CMSTDTC"); ds <- before_cut(ds, "DSSTDTC"); ss <- before_cut(ss, "SSDTC")
ex$EXENDTC <- pmin(as.Date(ex$EXENDTC), cutoff)
ex$EXSTDTC <- as.Date(ex$EXSTDTC)
ae$AEENDTC[!is.na(ae$AEENDTC) & last_day_of(ae$AEENDTC) > cutoff] <- NA
drug <- ex[code(ex$EXTRT) == "ANLOTINIB", ]
iodine <- ex[code(ex$EXTRT) == "IODINE-131", ]

# ---- population: everybody who took anlotinib ----------------------------------------------------------------------------------
patients <- sort(unique(drug$USUBJID))
n <- length(patients)
screen_failure <- ds[code(ds$DSDECOD) == "SCREEN FAILURE", c("USUBJID", "DSTERM")]
enrolled <- ds$USUBJID[code(ds$DSDECOD) == "ENROLLED"]
stopifnot(setequal(enrolled, patients), length(intersect(patients, screen_failure$USUBJID)) == 0)

# ---- response ------------------------------------------------------------------------------------------------------------------
tenths <- function(x) round(10 * x) # diameters are compared as whole tenths of a millimetre

respond <- function(id) {
  start <- min(drug$EXSTDTC[drug$USUBJID == id])
  lesions <- tu[tu$USUBJID == id & code(tu$TUTESTCD) == "TUMIDENT", ]
  targets <- lesions$TULNKID[code(lesions$TUORRES) == "TARGET"]
  nontargets <- lesions$TULNKID[code(lesions$TUORRES) == "NON-TARGET"]
  nodes <- lesions$TULNKID[code(lesions$TULOC) == "LYMPH NODE"]
  new <- lesions[code(lesions$TUORRES) == "NEW", ]
  rows <- tr[tr$USUBJID == id & code(tr$TRTESTCD) %in% c("LDIAM", "LPERP", "TUMSTATE"), ]
  rows$date <- as.Date(rows$TRDTC)
  visits <- sort(unique(as.numeric(rows$VISITNUM)))
  out <- NULL
  baseline <- nadir <- NA
  for (v in visits) {
    at <- rows[as.numeric(rows$VISITNUM) == v, ]
    size <- setNames(tenths(as.numeric(at$TRORRES[match(targets, at$TRLNKID)])), targets)
    state <- code(at$TRORRES[match(nontargets, at$TRLNKID)])
    total <- sum(size) # NA when a target is missing
    if (max(at$date) <= start) { # the last visit before treatment is the baseline
      baseline <- nadir <- total
      next
    }
    known <- size[!is.na(size)]
    gone <- known == 0 | (names(known) %in% nodes & known < 100)
    target <- if (length(known) == length(size) && all(gone)) "CR"
      else if (sum(known) * 10 >= 12 * nadir && sum(known) - nadir >= 50) "PD"
      else if (is.na(total)) "NE"
      else if (total * 10 <= 7 * baseline) "PR"
      else "SD"
    nontarget <- if (length(nontargets) == 0) "NONE"
      else if (any(state %in% "UNEQUIVOCAL PROGRESSION")) "PD"
      else if (anyNA(state)) "NE"
      else if (all(state == "ABSENT")) "CR"
      else "NON-CR/NON-PD"
    seen <- as.Date(new$TUDTC[as.numeric(new$VISITNUM) == v])
    overall <- if (target == "PD" || nontarget == "PD" || length(seen)) "PD"
      else if (target == "CR" && nontarget %in% c("CR", "NONE")) "CR"
      else if (target %in% c("CR", "PR")) "PR"
      else target
    pd_dates <- c(
      if (target == "PD") max(at$date[at$TRLNKID %in% targets]),
      if (nontarget == "PD") min(at$date[code(at$TRORRES) %in% "UNEQUIVOCAL PROGRESSION"]),
      seen
    )
    date <- if (overall == "PD") min(as.Date(pd_dates, origin = "1970-01-01")) else max(at$date)
    out <- rbind(out, data.frame(
      visit = v, date = date, sum = total / 10, pchg = 100 * (total / baseline - 1), nadir = nadir / 10, target = target,
      nontarget = nontarget, new = length(seen) > 0, overall = overall
    ))
    if (!is.na(total)) nadir <- min(nadir, total)
  }
  out$baseline <- baseline / 10
  out
}
responses <- setNames(lapply(patients, respond), patients)

first_new_therapy <- function(id) {
  d <- cm$CMSTDTC[cm$USUBJID == id & code(cm$CMCAT) == "NEW ANTICANCER THERAPY"]
  if (length(d)) min(as.Date(d)) else as.Date(NA)
}

best <- function(r, start, new_therapy, confirmed) {
  r <- r[is.na(new_therapy) | r$date <= new_therapy, ]
  pd <- which(r$overall == "PD")
  if (length(pd)) r <- r[seq_len(pd[1]), ]
  good <- which(r$overall %in% c("CR", "PR"))
  upheld <- function(i) {
    any(vapply(seq_len(nrow(r)), function(j) {
      if (j <= i || r$date[j] - r$date[i] < confirm_after || !(r$overall[j] %in% c("CR", "PR"))) return(FALSE)
      between <- r$overall[seq_len(nrow(r)) > i & seq_len(nrow(r)) < j]
      sum(between == "NE") <= 1 && all(between %in% c("NE", "PR", "CR"))
    }, logical(1)))
  }
  if (confirmed) good <- Filter(upheld, good)
  if (length(good)) return(if (any(r$overall[good] == "CR")) "CR" else "PR")
  stable <- r$overall %in% c("SD", if (confirmed) c("PR", "CR")) & r$date - start >= min_sd
  if (any(stable)) return("SD")
  if (any(r$overall == "PD")) "PD" else "NE"
}

# ---- time to event ---------------------------------------------------------------------------------------------------------------
progression_free <- function(id, start, new_therapy, hypothetical = TRUE) {
  r <- responses[[id]]
  pd <- r$date[r$overall == "PD"]
  event <- if (length(pd)) min(pd) else as.Date(NA) # nobody died
  adequate <- r$date[!(r$overall %in% c("NE", "PD"))]
  adequate <- adequate[is.na(event) | adequate < event]
  if (hypothetical && !is.na(new_therapy) && (is.na(event) || new_therapy < event)) {
    adequate <- adequate[adequate <= new_therapy]
    return(list(date = max(start, adequate), cnsr = 1, reason = "new anticancer therapy before progression"))
  }
  last <- max(start, adequate)
  if (is.na(event)) return(list(date = last, cnsr = 1, reason = "no progression: last adequate assessment"))
  k <- 1:40
  missed <- sum(start + scan_every * k - window > last & start + scan_every * k + window < event)
  if (hypothetical && missed >= 2) return(list(date = last, cnsr = 1, reason = "two or more missed visits before the event"))
  list(date = event, cnsr = 0, reason = "progressive disease")
}

# ---- exposure --------------------------------------------------------------------------------------------------------------------
expose <- function(id) {
  rows <- drug[drug$USUBJID == id, ]
  day <- do.call(c, Map(seq, rows$EXSTDTC, rows$EXENDTC, by = "day"))
  dose <- rep(as.numeric(rows$EXDOSE), as.integer(rows$EXENDTC - rows$EXSTDTC) + 1)
  dose <- dose[order(day)]; day <- sort(day)
  starts <- day[1]
  while (any(day >= tail(starts, 1) + cycle_days)) starts <- c(starts, min(day[day >= tail(starts, 1) + cycle_days]))
  delays <- as.integer(diff(starts)) - cycle_days
  planned <- do.call(c, lapply(seq_along(starts), function(i) starts[i] + 0:(on_days - 1)))
  missing <- sum(!(planned[planned <= max(day)] %in% day))
  highest <- cummax(dose)
  lower <- c(FALSE, diff(dose) < 0) & dose < highest
  end <- min(max(day) + (cycle_days - on_days), cutoff)
  length_days <- as.integer(end - min(day)) + 1
  ai <- iodine[iodine$USUBJID == id, ]
  list(
    total_mg = sum(dose), dose_days = length(day), treatment_days = length_days, cycles = length(starts),
    reductions = length(unique(dose[lower])), interruption_days = missing, delayed_cycles = sum(delays > 0),
    delay_days = sum(delays), last_dose = format(max(day)), iodine_courses = nrow(ai), iodine_gbq = sum(as.numeric(ai$EXDOSE)),
    first_combination_completed = length(starts) >= 4 && min(day) + 83 <= cutoff,
    rdi = sum(dose) / length_days / planned_per_day
  )
}

# ---- thyroglobulin -----------------------------------------------------------------------------------------------------------------
number <- function(x, limit_times = 1) ifelse(grepl("^<", x), limit_times, 1) * as.numeric(sub("^<", "", x))
tg_change <- function(id, start, limit_times = 1) {
  tg <- lb[lb$USUBJID == id & code(lb$LBTESTCD) == "TG", ]
  tg <- tg[code(tg$LBTSHST) == "SUPPRESSED" & code(tg$LBTGAB) == "NEGATIVE", ]
  value <- number(tg$LBORRES, limit_times); day <- as.Date(tg$LBDTC)
  base <- tail(value[day <= start][order(day[day <= start])], 1)
  lowest <- min(value[day > start])
  list(base = base, best = lowest, pchg = 100 * (lowest / base - 1), day = format(min(day[day > start & value == lowest])))
}

# ---- adverse events ------------------------------------------------------------------------------------------------------------------
related <- function(rows) { # missing attribution counts as related
  any(is.na(rows$AERELAN) | code(rows$AERELAN) == "Y" | is.na(rows$AERELRA) | code(rows$AERELRA) == "Y")
}
events_of <- function(id, start, last_dose) {
  rows <- ae[ae$USUBJID == id, ]
  if (!nrow(rows)) return(NULL)
  partial <- nchar(rows$AESTDTC) == 7
  # a partial onset is treatment-emergent unless the known part proves otherwise: take the last day it could have been
  rows$from <- as.Date(ifelse(partial, format(pmin(cutoff, seq_months(rows$AESTDTC, partial))), rows$AESTDTC))
  rows$to <- as.Date(rows$AEENDTC)
  rows$grade <- as.integer(rows$AETOXGR)
  rows <- rows[order(rows$AEDECOD, rows$from), ]
  follows <- function(i) {
    i > 1 && rows$AEDECOD[i] == rows$AEDECOD[i - 1] && !is.na(rows$to[i - 1]) && rows$from[i] <= rows$to[i - 1] + 1
  }
  rows$event <- cumsum(!vapply(seq_len(nrow(rows)), follows, logical(1)))
  do.call(rbind, lapply(split(rows, rows$event), function(e) {
    inside <- e$from >= start & e$from <= last_dose + teae_window
    prior <- e$grade[e$from < start]
    worse <- inside & e$grade > max(0, prior)
    emergent <- if (length(prior)) any(worse) else inside[1]
    counted <- e[e$from >= start, ]
    data.frame(
      id = id, term = e$AEDECOD[1], emergent = emergent, rows = nrow(e), partial = any(nchar(e$AESTDTC) == 7),
      grade = if (nrow(counted)) max(counted$grade) else max(e$grade),
      related = related(if (nrow(counted)) counted else e), missing_attribution = anyNA(c(e$AERELAN, e$AERELRA)),
      serious = any(code(e$AESER) == "Y")
    )
  }))
}
seq_months <- function(x, partial) { # last day of the month
  first <- as.Date(ifelse(partial, paste0(substr(x, 1, 7), "-01"), x))
  as.Date(vapply(first, function(d) {
    d <- as.Date(d, origin = "1970-01-01")
    as.numeric(seq(as.Date(format(d, "%Y-%m-01")), by = "month", length.out = 2)[2] - 1)
  }, numeric(1)), origin = "1970-01-01")
}

# ---- patient by patient ----------------------------------------------------------------------------------------------------------------
all_events <- NULL
per <- list()
for (id in patients) {
  start <- min(drug$EXSTDTC[drug$USUBJID == id])
  new_therapy <- first_new_therapy(id)
  r <- responses[[id]]
  x <- expose(id)
  pfs <- progression_free(id, start, new_therapy)
  ema <- progression_free(id, start, new_therapy, hypothetical = FALSE)
  contact <- max(as.Date(ss$SSDTC[ss$USUBJID == id & code(ss$SSORRES) == "ALIVE"]))
  others <- c(as.Date(tr$TRDTC[tr$USUBJID == id]), as.Date(lb$LBDTC[lb$USUBJID == id]), ex$EXENDTC[ex$USUBJID == id])
  stopifnot(max(others) <= contact) # the last contact is the last row of every patient
  alive <- if (id %in% contact_after) cutoff else contact
  tg <- tg_change(id, start)
  e <- events_of(id, start, as.Date(x$last_dose))
  all_events <- rbind(all_events, e)
  upto <- r[is.na(new_therapy) | r$date <= new_therapy, ]
  upto <- upto[seq_len(min(c(nrow(upto), which(upto$overall == "PD")))), ]
  per[[id]] <- list(
    start = format(start),
    responses = lapply(seq_len(nrow(r)), function(i) {
      list(visit = r$visit[i], date = format(r$date[i]), sum = r$sum[i], target = r$target[i], nontarget = r$nontarget[i],
           new = r$new[i], overall = r$overall[i])
    }),
    baseline_sum = r$baseline[1],
    bor = best(r, start, new_therapy, FALSE), cbor = best(r, start, new_therapy, TRUE),
    best_sum_pchg = min(upto$pchg, na.rm = TRUE),
    pfs_days = as.integer(pfs$date - start) + 1L, pfs_cnsr = pfs$cnsr, pfs_date = format(pfs$date), pfs_reason = pfs$reason,
    pfsema_days = as.integer(ema$date - start) + 1L, pfsema_cnsr = ema$cnsr,
    os_days = as.integer(alive - start) + 1L, os_cnsr = 1,
    os_days_records_to_cutoff = as.integer(contact - start) + 1L,
    tg_baseline = tg$base, tg_best = tg$best, tg_best_date = tg$day, tg_best_pchg = tg$pchg,
    tg_best_pchg_half_limit = tg_change(id, start, 0.5)$pchg, tg_response = tg$pchg <= -25 + 1e-9,
    teae = sum(e$emergent), trae = sum(e$emergent & e$related),
    worst_trae_grade = max(0, e$grade[e$emergent & e$related]),
    worst_teae_grade = max(0, e$grade[e$emergent]),
    exposure = x
  )
}

col <- function(name) vapply(per, function(p) as.numeric(p[[name]]), numeric(1))
txt <- function(name) vapply(per, function(p) p[[name]], character(1))
exposure <- function(name) vapply(per, function(p) as.numeric(p$exposure[[name]]), numeric(1))
exact <- function(x) {
  b <- binom.test(x, n)$conf.int
  list(x = x, n = n, rate = x / n, lower = b[1], upper = b[2])
}
median_of <- function(time, event) {
  q <- quantile(survfit(Surv(time, event) ~ 1, conf.type = "log-log"), 0.5)
  list(median = unname(q$quantile), lower = unname(q$lower), upper = unname(q$upper), months = unname(q$quantile) / days_per_month)
}
km <- function(days, cnsr) {
  fit <- survfit(Surv(days, 1 - cnsr) ~ 1, conf.type = "log-log")
  at <- summary(fit, times = c(6, 12) * days_per_month)
  c(median_of(days, 1 - cnsr), list(
    events = sum(1 - cnsr), lowest_survival = min(fit$surv),
    landmarks = lapply(1:2, function(i) {
      list(months = c(6, 12)[i], survival = at$surv[i], lower = at$lower[i], upper = at$upper[i], at_risk = at$n.risk[i])
    })
  ))
}

bor <- txt("bor"); cbor <- txt("cbor")
te <- all_events[all_events$emergent, ]
trae3 <- te[te$related & te$grade >= 3, ]
reduced <- exposure("reductions")
stopped_for_ae <- ds$USUBJID[code(ds$DSCAT) == "DISPOSITION EVENT" & code(ds$DSDECOD) == "ADVERSE EVENT"]
os <- col("os_days")
count <- function(x) as.list(table(x))

summary <- list(
  screened = nrow(dm), enrolled = n, screen_failures = count(screen_failure$DSTERM),
  sex = count(code(dm$SEX[dm$USUBJID %in% patients])),
  rows_after_cutoff = rows_after_cutoff,
  bor = count(bor), cbor = count(cbor),
  orr = exact(sum(bor %in% c("CR", "PR"))), dcr = exact(sum(bor %in% c("CR", "PR", "SD"))),
  orr_confirmed = exact(sum(cbor %in% c("CR", "PR"))), dcr_confirmed = exact(sum(cbor %in% c("CR", "PR", "SD"))),
  pfs = km(col("pfs_days"), col("pfs_cnsr")), pfs_ema = km(col("pfsema_days"), col("pfsema_cnsr")),
  follow_up_reverse_km = median_of(os, rep(1, n)),
  follow_up_observed = list(median = median(os), months = median(os) / days_per_month, min = min(os), max = max(os)),
  follow_up_records_to_cutoff = median(col("os_days_records_to_cutoff")) / days_per_month,
  tg_responders = sum(col("tg_response")), tg_best_pchg = list(
    median = median(col("tg_best_pchg")), q1 = unname(quantile(col("tg_best_pchg"), 0.25)),
    q3 = unname(quantile(col("tg_best_pchg"), 0.75))
  ),
  teae_patients = length(unique(te$id)), teae_events = nrow(te), ae_events_not_emergent = sum(!all_events$emergent),
  trae_patients = length(unique(te$id[te$related])), trae_events = sum(te$related),
  trae3_patients = length(unique(trae3$id)), trae3_by_term = count(trae3$term[!duplicated(trae3[c("id", "term")])]),
  teae3_patients = length(unique(te$id[te$grade >= 3])), sae_patients = length(unique(te$id[te$serious])),
  missing_attribution_events = sum(te$missing_attribution), partial_onset_events = sum(all_events$partial),
  dose_reduction_patients = sum(reduced > 0), dose_reduction_steps = sum(reduced),
  dose_reduction_for_ae_patients = length(unique(drug$USUBJID[code(drug$EXADJ) %in% "ADVERSE EVENT"])),
  interruption_patients = sum(exposure("interruption_days") > 0), delayed_patients = sum(exposure("delayed_cycles") > 0),
  discontinued_for_ae = length(stopped_for_ae), deaths = sum(code(dm$DTHFL) %in% "Y"),
  cycles = list(median = median(exposure("cycles")), min = min(exposure("cycles")), max = max(exposure("cycles"))),
  rdi = list(mean = mean(exposure("rdi")), median = median(exposure("rdi")), min = min(exposure("rdi")), max = max(exposure("rdi"))),
  first_combination_completed = sum(exposure("first_combination_completed"))
)
software <- list(
  R = paste(R.version$major, R.version$minor, sep = "."), survival = as.character(packageVersion("survival")),
  jsonlite = as.character(packageVersion("jsonlite"))
)
write_json(
  list(made_by = "tests/reference/dtc_phase2.R", software = software, cutoff = format(cutoff), summary = summary, patients = per),
  "tests/reference/dtc_phase2.json", auto_unbox = TRUE, digits = NA, pretty = TRUE, na = "null"
)
