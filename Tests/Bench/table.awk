# From the samples of ci/bench to its table. A sample: MEASURE SIDE name value name value ...
#
# A rate is cycles (or elements) a second: of processor time where one thread is at work on both sides,
# which other programs disturb least, and of the clock on the wall where the harness has two.

function sort(values, count,    i, j, x) {
  for (i = 2; i <= count; i++) {
    x = values[i]
    for (j = i - 1; j >= 1 && values[j] > x; j--) values[j + 1] = values[j]
    values[j + 1] = x
  }
}

# Sets low, median and high of samples[key, 1...].
function summarise(key,    i, n, list) {
  n = count[key]
  for (i = 1; i <= n; i++) list[i] = samples[key, i]
  sort(list, n)
  low = list[1]
  high = list[n]
  median = n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}

function rate(value) {
  if (value >= 1e6) return sprintf("%.2f M/s", value / 1e6)
  if (value >= 1e3) return sprintf("%.1f k/s", value / 1e3)
  return sprintf("%.0f /s", value)
}

function row(what, ours, theirs, ratio, target, met) {
  printf "%-46s %12s %12s  %-22s %-9s %s\n", what, ours, theirs, ratio, target, met
}

function compare(key, what, target, unit,    ours, ratio, i, form) {
  if (!count[key, "ours"] || !count[key, "theirs"]) return
  summarise(key SUBSEP "ours")
  ours = median
  for (i = 1; i <= count[key, "ours"]; i++) {
    samples[key, "ratio", i] = samples[key, "ours", i] / samples[key, "theirs", i]
  }
  count[key, "ratio"] = count[key, "ours"]
  summarise(key SUBSEP "ratio")
  form = median >= 20 ? "%.0f (%.0f...%.0f)" : "%.2f (%.2f...%.2f)"
  ratio = sprintf(form, median, low, high)
  i = median
  summarise(key SUBSEP "theirs")
  row(what, rate(ours), rate(median), ratio, target == "" ? "" : ">= " target,
      target == "" ? "" : i >= target ? "met" : "NOT MET")
}

function absolute(key, what, target) {
  if (!count[key, "ours"]) return
  summarise(key SUBSEP "ours")
  row(what, rate(median), "", "(" rate(low) "..." rate(high) ")", target == "" ? "" : ">= " rate(target),
      target == "" ? "" : median >= target ? "met" : "NOT MET")
}

{
  for (i = 3; i < NF; i += 2) value[$i] = $(i + 1)
  n = ++count[$1, $2]
  amount = $3 == "elements" || $3 == "executions" ? value[$3] : value["cycles"]
  if ($3 == "multiplications") samples[$1, $2, n] = value["rate"]
  else if ($3 == "milliseconds") samples[$1, $2, n] = value["milliseconds"]
  else samples[$1, $2, n] = amount / ($1 ~ /-2$/ ? value["seconds"] : value["processor"])
  if ($1 ~ /-1$/ && $2 == "ours") {
    n = ++count[$1, "share"]
    samples[$1, "share", n] = value["simulation"] / (value["simulation"] + value["preparing"])
  }
  if ($1 ~ /-[12]$/ && $2 == "ours") {
    # Two workers beside one, both by the clock on the wall.
    key = substr($1, 1, length($1) - 2) "-workers"
    side = $1 ~ /-2$/ ? "ours" : "theirs"
    samples[key, side, ++count[key, side]] = value["cycles"] / value["seconds"]
  }
}

END {
  row("what", "ours", "theirs", "ratio", "target", "")
  split("row_dot_product ibert_softmax int8_gemm", blocks, " ")
  floor_of["row_dot_product"] = 0.8
  floor_of["ibert_softmax"] = ""
  floor_of["int8_gemm"] = 0.95
  for (b = 1; b <= 3; b++) {
    name = blocks[b]
    compare(name "-1", name " and C++, --jobs 1", floor_of[name])
    compare(name "-2", name " and C++, --jobs 2", 1.0)
    compare(name "-workers", name ", two workers and one", 1.8)
    compare(name "-raw", name " and C++, evaluation alone", "")
    summarise(name "-1" SUBSEP "share")
    row(name ", simulation's share of --jobs 1", sprintf("%.0f %%", 100 * median), "", "", "", "")
  }
  split("ibert_softmax int8_gemm ita_attention", tapped, " ")
  for (b = 1; b <= 3; b++) compare(tapped[b] "-taps", tapped[b] " with taps and without", 0.95)
  split("dyadic_requantizer ibert_softmax int8_gemm", searched, " ")
  for (b = 1; b <= 3; b++) compare(searched[b] "-guided", searched[b] " fuzzed, guided and unguided", 0.85)
  compare("row_dot_product-cocotb", "row_dot_product and cocotb, --jobs 1", 100)
  compare("ibert_softmax-cocotb", "ibert_softmax and cocotb, --jobs 1", "")
  for (l = 64; l <= 1024; l *= 4) {
    absolute("golden-" l, "golden ibert_softmax, int8, rows of " l, 100e6)
  }
  absolute("golden-dyadic", "golden dyadic_requantizer, 32 to 8 bits", "")
  compare("product-64x64x32", "golden product 64 x 64 x 32 and NumPy, int32", 1.0)
  compare("product-256x256x256", "golden product 256 x 256 x 256 and NumPy, int32", 1.0)
  absolute("golden-attention", "golden ita_attention, 64 tokens, products", "")
  summarise("int8_gemm-raw" SUBSEP "ours")
  row("products that int8_gemm's model makes", rate(256 * median), "", "", "", "")
  summarise("warm-start" SUBSEP "ours")
  row("cosim verify --count 1, device cached", median " ms", "", "(" low "..." high " ms)", "<= 150 ms",
      median <= 150 ? "met" : "NOT MET")
}
