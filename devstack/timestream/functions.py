"""The functions and operators of the language: their signatures, and DuckDB's SQL for each."""

import re
from dataclasses import dataclass
from functools import cache

from devstack.timestream.datatypes import Array, Scalar, TimeSeries, Type

# Each line is a signature: name(parameters) result = template. In a template, {0}, {1}, … are the arguments,
# {all} all of them, {or} their concatenation, {null} whether one of them is null, and {now} the time of the
# query. T and U are any type, N is a number, `T...` one or more arguments. `duration` and `months` are the
# two kinds of intervals. Functions that need a literal or a lambda are in scalars.py.
#
# https://docs.aws.amazon.com/timestream/latest/developerguide/reference.html
SCALAR = """
+(N, N) N = ({0} + {1})
+(timestamp, duration) timestamp = make_timestamp_ns(epoch_ns({0}) + {1})
+(duration, timestamp) timestamp = make_timestamp_ns(epoch_ns({1}) + {0})
+(timestamp, months) timestamp = ts_plus_months({0}, {1})
+(months, timestamp) timestamp = ts_plus_months({1}, {0})
+(date, duration) date = ts_date_plus_days({0}, {1})
+(duration, date) date = ts_date_plus_days({1}, {0})
+(date, months) date = ts_date_plus_months({0}, {1})
+(months, date) date = ts_date_plus_months({1}, {0})
+(time, duration) time = ts_time_plus({0}, {1})
+(duration, time) time = ts_time_plus({1}, {0})
+(duration, duration) duration = ({0} + {1})
+(months, months) months = ({0} + {1})
-(N, N) N = ({0} - {1})
-(timestamp, duration) timestamp = make_timestamp_ns(epoch_ns({0}) - {1})
-(timestamp, months) timestamp = ts_plus_months({0}, -({1}))
-(date, duration) date = ts_date_plus_days({0}, -({1}))
-(date, months) date = ts_date_plus_months({0}, -({1}))
-(time, duration) time = ts_time_plus({0}, -({1}))
-(duration, duration) duration = ({0} - {1})
-(months, months) months = ({0} - {1})
-(N) N = (-{0})
-(duration) duration = (-{0})
-(months) months = (-{0})
*(N, N) N = ({0} * {1})
*(duration, bigint) duration = ({0} * {1})
*(bigint, duration) duration = ({0} * {1})
*(months, bigint) months = ({0} * {1})
*(bigint, months) months = ({0} * {1})
/(integer, integer) integer = ({0} // {1})
/(bigint, bigint) bigint = ({0} // {1})
/(double, double) double = ({0} / {1})
/(duration, bigint) duration = ({0} // {1})
%(N, N) N = ({0} % {1})
||(varchar, varchar) varchar = ({0} || {1})
||(array(T), array(T)) array(T) = list_concat({0}, {1})
||(array(T), T) array(T) = list_append({0}, {1})
||(T, array(T)) array(T) = list_prepend({0}, {1})

coalesce(T...) T = coalesce({all})
if(boolean, T) T = CASE WHEN {0} THEN {1} END
if(boolean, T, T) T = CASE WHEN {0} THEN {1} ELSE {2} END
nullif(T, T) T = nullif({0}, {1})
try(T) T = TRY({0})
greatest(T...) T = CASE WHEN {null} THEN NULL ELSE greatest({all}) END
least(T...) T = CASE WHEN {null} THEN NULL ELSE least({all}) END

abs(N) N = abs({0})
cbrt(double) double = cbrt({0})
ceil(integer) integer = {0}
ceil(bigint) bigint = {0}
ceil(double) double = ceil({0})
ceiling(integer) integer = {0}
ceiling(bigint) bigint = {0}
ceiling(double) double = ceil({0})
degrees(double) double = degrees({0})
e() double = exp(CAST(1 AS DOUBLE))
exp(double) double = exp({0})
floor(integer) integer = {0}
floor(bigint) bigint = {0}
floor(double) double = floor({0})
from_base(varchar, bigint) bigint = ts_from_base({0}, {1})
ln(double) double = ts_ln({0})
log2(double) double = ts_log2({0})
log10(double) double = ts_log10({0})
mod(N, N) N = ({0} % {1})
pi() double = pi()
pow(double, double) double = pow({0}, {1})
power(double, double) double = pow({0}, {1})
radians(double) double = radians({0})
rand() double = random()
random() double = random()
random(integer) integer = CAST(floor(random() * {0}) AS INTEGER)
random(bigint) bigint = CAST(floor(random() * {0}) AS BIGINT)
round(integer) integer = {0}
round(bigint) bigint = {0}
round(double) double = round({0})
round(integer, bigint) integer = CAST(round({0}, CAST({1} AS INTEGER)) AS INTEGER)
round(bigint, bigint) bigint = CAST(round({0}, CAST({1} AS INTEGER)) AS BIGINT)
round(double, bigint) double = round({0}, CAST({1} AS INTEGER))
sign(integer) integer = CAST(sign({0}) AS INTEGER)
sign(bigint) bigint = CAST(sign({0}) AS BIGINT)
sign(double) double = ts_sign({0})
sqrt(double) double = ts_sqrt({0})
to_base(bigint, bigint) varchar = ts_to_base({0}, {1})
truncate(double) double = trunc({0})
acos(double) double = ts_acos({0})
asin(double) double = ts_asin({0})
atan(double) double = atan({0})
atan2(double, double) double = atan2({0}, {1})
cos(double) double = cos({0})
cosh(double) double = cosh({0})
sin(double) double = sin({0})
tan(double) double = tan({0})
tanh(double) double = tanh({0})
infinity() double = CAST('Infinity' AS DOUBLE)
is_finite(double) boolean = isfinite({0})
is_infinite(double) boolean = isinf({0})
is_nan(double) boolean = isnan({0})
nan() double = CAST('NaN' AS DOUBLE)

chr(bigint) varchar = chr(CAST({0} AS INTEGER))
codepoint(varchar) integer = unicode({0})
concat(varchar...) varchar = ({or})
concat(array(T)...) array(T) = list_concat({all})
hamming_distance(varchar, varchar) bigint = hamming({0}, {1})
length(varchar) bigint = length({0})
levenshtein_distance(varchar, varchar) bigint = levenshtein({0}, {1})
lower(varchar) varchar = lower({0})
lpad(varchar, bigint, varchar) varchar = lpad({0}, CAST({1} AS INTEGER), {2})
ltrim(varchar) varchar = ltrim({0}, E' \\t\\n\\r\\f\\v')
replace(varchar, varchar) varchar = replace({0}, {1}, '')
replace(varchar, varchar, varchar) varchar = replace({0}, {1}, {2})
reverse(varchar) varchar = reverse({0})
reverse(array(T)) array(T) = list_reverse({0})
rpad(varchar, bigint, varchar) varchar = rpad({0}, CAST({1} AS INTEGER), {2})
rtrim(varchar) varchar = rtrim({0}, E' \\t\\n\\r\\f\\v')
split(varchar, varchar) array(varchar) = string_split({0}, {1})
split(varchar, varchar, bigint) array(varchar) = ts_split({0}, {1}, {2})
split_part(varchar, varchar, bigint) varchar = ts_split_part({0}, {1}, {2})
strpos(varchar, varchar) bigint = strpos({0}, {1})
strpos(varchar, varchar, bigint) bigint = ts_strpos({0}, {1}, {2})
strrpos(varchar, varchar) bigint = ts_strrpos({0}, {1}, 1)
strrpos(varchar, varchar, bigint) bigint = ts_strrpos({0}, {1}, {2})
substr(varchar, bigint) varchar = ts_substr({0}, {1})
substr(varchar, bigint, bigint) varchar = left(ts_substr({0}, {1}), greatest({2}, 0))
trim(varchar) varchar = trim({0}, E' \\t\\n\\r\\f\\v')
upper(varchar) varchar = upper({0})

regexp_extract(varchar, varchar) varchar = ts_regexp_extract({0}, {1}, 0)
regexp_extract(varchar, varchar, bigint) varchar = ts_regexp_extract({0}, {1}, {2})
regexp_extract_all(varchar, varchar) array(varchar) = regexp_extract_all({0}, {1})
regexp_extract_all(varchar, varchar, bigint) array(varchar) = ts_regexp_extract_all({0}, {1}, {2})
regexp_like(varchar, varchar) boolean = regexp_matches({0}, {1})
regexp_replace(varchar, varchar) varchar = regexp_replace({0}, {1}, '', 'g')
regexp_replace(varchar, varchar, varchar) varchar = regexp_replace({0}, {1}, ts_replacement({2}), 'g')
regexp_split(varchar, varchar) array(varchar) = regexp_split_to_array({0}, {1})

ago(duration) timestamp = make_timestamp_ns({now} - {0})
ago(months) timestamp = ts_plus_months(make_timestamp_ns({now}), -({0}))
bin(timestamp, duration) timestamp = ts_floor({0}, {1})
current_timezone() varchar = 'UTC'
date(timestamp) date = ts_date({0})
date(date) date = {0}
from_iso8601_date(varchar) date = CAST({0} AS DATE)
from_iso8601_timestamp(varchar) timestamp = ts_from_iso8601({0})
from_milliseconds(bigint) timestamp = make_timestamp_ns({0} * 1000000)
from_nanoseconds(bigint) timestamp = make_timestamp_ns({0})
from_unixtime(double) timestamp = make_timestamp_ns(CAST(round({0} * 1000) AS BIGINT) * 1000000)
last_day_of_month(date) date = last_day({0})
last_day_of_month(timestamp) date = last_day(ts_date({0}))
now() timestamp = make_timestamp_ns({now})
parse_duration(varchar) duration = ts_parse_duration({0})
to_iso8601(date) varchar = CAST({0} AS VARCHAR)
to_iso8601(timestamp) varchar = replace(ts_timestamp_text({0}), ' ', 'T')
to_milliseconds(timestamp) bigint = (epoch_ns({0}) // 1000000)
to_milliseconds(duration) bigint = ({0} // 1000000)
to_nanoseconds(timestamp) bigint = epoch_ns({0})
to_nanoseconds(duration) bigint = CAST({0} AS BIGINT)
to_unixtime(timestamp) double = (CAST(epoch_ns({0}) AS DOUBLE) / 1e9)
year(date) bigint = year({0})
year(timestamp) bigint = year(ts_micros({0}))
year(months) bigint = ({0} // 12)
quarter(date) bigint = quarter({0})
quarter(timestamp) bigint = quarter(ts_micros({0}))
month(date) bigint = month({0})
month(timestamp) bigint = month(ts_micros({0}))
month(months) bigint = ({0} % 12)
week(date) bigint = week({0})
week(timestamp) bigint = week(ts_micros({0}))
year_of_week(date) bigint = isoyear({0})
year_of_week(timestamp) bigint = isoyear(ts_micros({0}))
day(date) bigint = day({0})
day(timestamp) bigint = day(ts_micros({0}))
day(duration) bigint = ({0} // 86400000000000)
day_of_week(date) bigint = isodow({0})
day_of_week(timestamp) bigint = isodow(ts_micros({0}))
day_of_year(date) bigint = dayofyear({0})
day_of_year(timestamp) bigint = dayofyear(ts_micros({0}))
hour(timestamp) bigint = (ts_time_of_day({0}) // 3600000000000)
hour(time) bigint = ({0} // 3600000000000)
hour(duration) bigint = ({0} // 3600000000000 % 24)
minute(timestamp) bigint = (ts_time_of_day({0}) // 60000000000 % 60)
minute(time) bigint = ({0} // 60000000000 % 60)
minute(duration) bigint = ({0} // 60000000000 % 60)
second(timestamp) bigint = (ts_time_of_day({0}) // 1000000000 % 60)
second(time) bigint = ({0} // 1000000000 % 60)
second(duration) bigint = ({0} // 1000000000 % 60)
millisecond(timestamp) bigint = (ts_time_of_day({0}) // 1000000 % 1000)
millisecond(time) bigint = ({0} // 1000000 % 1000)
millisecond(duration) bigint = ({0} // 1000000 % 1000)
nanosecond(timestamp) bigint = (ts_time_of_day({0}) % 1000000000)
nanosecond(time) bigint = ({0} % 1000000000)
nanosecond(duration) bigint = ({0} % 1000000000)

bit_count(bigint, bigint) bigint = ts_bit_count({0}, {1})
bitwise_and(bigint, bigint) bigint = ({0} & {1})
bitwise_not(bigint) bigint = (~{0})
bitwise_or(bigint, bigint) bigint = ({0} | {1})
bitwise_xor(bigint, bigint) bigint = xor({0}, {1})

array_distinct(array(T)) array(T) = ts_distinct({0})
array_except(array(T), array(T)) array(T) = ts_except({0}, {1})
array_intersect(array(T), array(T)) array(T) = ts_intersect({0}, {1})
array_max(array(T)) T = CASE WHEN ts_has_null({0}) THEN NULL ELSE list_max({0}) END
array_min(array(T)) T = CASE WHEN ts_has_null({0}) THEN NULL ELSE list_min({0}) END
array_position(array(T), T) bigint = CASE WHEN {0} IS NOT NULL THEN coalesce(list_position({0}, {1}), 0) END
array_remove(array(T), T) array(T) = list_filter({0}, lambda e: e IS DISTINCT FROM {1})
array_sort(array(T)) array(T) = list_sort({0}, 'ASC', 'NULLS LAST')
array_union(array(T), array(T)) array(T) = ts_distinct(list_concat({0}, {1}))
arrays_overlap(array(T), array(T)) boolean = ts_overlap({0}, {1})
cardinality(array(T)) bigint = len({0})
element_at(array(T), bigint) T = ts_element_at({0}, {1})
repeat(T, bigint) array(T) = list_transform(range({1}), lambda i: {0})
sequence(bigint, bigint) array(bigint) = ts_sequence({0}, {1}, CASE WHEN {0} <= {1} THEN 1 ELSE -1 END)
sequence(bigint, bigint, bigint) array(bigint) = ts_sequence({0}, {1}, {2})
sequence(timestamp, timestamp) array(timestamp) = ts_time_sequence({0}, {1}, 86400000000000)
sequence(timestamp, timestamp, duration) array(timestamp) = ts_time_sequence({0}, {1}, {2})
sequence(timestamp, timestamp, months) array(timestamp) = ts_month_sequence({0}, {1}, {2})
shuffle(array(T)) array(T) = list_select({0}, list_grade_up(list_transform({0}, lambda e: random())))
slice(array(T), bigint, bigint) array(T) = ts_slice({0}, {1}, {2})

interpolate_linear(timeseries(double), array(timestamp)) timeseries(double) = ts_linear({0}, {1})
interpolate_linear(timeseries(double), timestamp) double = ts_linear_at({0}, {1})
interpolate_locf(timeseries(double), array(timestamp)) timeseries(double) = ts_locf({0}, {1})
interpolate_locf(timeseries(double), timestamp) double = ts_locf_at({0}, {1})
interpolate_fill(timeseries(double), array(timestamp), double) timeseries(double) = ts_fill({0}, {1}, {2})
interpolate_fill(timeseries(double), timestamp, double) double = ts_fill_at({0}, {1}, {2})
derivative_linear(timeseries(double), duration) timeseries(double) = ts_derivative({0}, {1})
non_negative_derivative_linear(timeseries(double), duration) timeseries(double) = ts_growth({0}, {1})
integral_trapezoidal(timeseries(double)) double = ts_integral({0}, 1000000000)
integral_trapezoidal(timeseries(double), duration) double = ts_integral({0}, {1})
correlate_pearson(timeseries(double), timeseries(double)) double = ts_pearson({0}, {1})
correlate_spearman(timeseries(double), timeseries(double)) double = ts_spearman({0}, {1})
"""

# Here {over} is the OVER clause or empty, and {distinct} is the word DISTINCT or empty.
AGGREGATE = """
approx_distinct(T) bigint = count(DISTINCT {0}){over}
approx_distinct(T, double) bigint = count(DISTINCT {0}){over}
approx_percentile(N, double) N = quantile_disc({0}, {1}){over}
approx_percentile(N, array(double)) array(N) = quantile_disc({0}, {1}){over}
arbitrary(T) T = any_value({0}){over}
array_agg(T) array(T) = list({distinct}{0}){over}
avg(double) double = avg({distinct}{0}){over}
bitwise_and_agg(bigint) bigint = bit_and({0}){over}
bitwise_or_agg(bigint) bigint = bit_or({0}){over}
bool_and(boolean) boolean = bool_and({0}){over}
bool_or(boolean) boolean = bool_or({0}){over}
corr(double, double) double = corr({0}, {1}){over}
count() bigint = count(*){over}
count(T) bigint = count({distinct}{0}){over}
count_if(boolean) bigint = CAST(count_if({0}){over} AS BIGINT)
covar_pop(double, double) double = covar_pop({0}, {1}){over}
covar_samp(double, double) double = covar_samp({0}, {1}){over}
create_time_series(timestamp, T) timeseries(T) = list(struct_pack(f0 := {0}, f1 := {1}) ORDER BY {0}){over}
every(boolean) boolean = bool_and({0}){over}
geometric_mean(double) double = exp(avg(ts_ln({0})){over})
max(T) T = max({distinct}{0}){over}
max(T, bigint) array(T) = max({0}, {1}){over}
max_by(T, U) T = arg_max_null({0}, {1}){over}
max_by(T, U, bigint) array(T) = arg_max({0}, {1}, {2}){over}
min(T) T = min({distinct}{0}){over}
min(T, bigint) array(T) = min({0}, {1}){over}
min_by(T, U) T = arg_min_null({0}, {1}){over}
min_by(T, U, bigint) array(T) = arg_min({0}, {1}, {2}){over}
regr_intercept(double, double) double = regr_intercept({0}, {1}){over}
regr_slope(double, double) double = regr_slope({0}, {1}){over}
skewness(double) double = ts_skewness(skewness({0}){over}, count({0}){over})
stddev(double) double = stddev_samp({0}){over}
stddev_pop(double) double = stddev_pop({0}){over}
stddev_samp(double) double = stddev_samp({0}){over}
sum(bigint) bigint = CAST(sum({distinct}{0}){over} AS BIGINT)
sum(double) double = sum({distinct}{0}){over}
sum(duration) duration = CAST(sum({distinct}{0}){over} AS BIGINT)
sum(months) months = CAST(sum({distinct}{0}){over} AS BIGINT)
var_pop(double) double = var_pop({0}){over}
var_samp(double) double = var_samp({0}){over}
variance(double) double = var_samp({0}){over}
"""

# These need an OVER clause.
RANKING = """
cume_dist() double = cume_dist(){over}
dense_rank() bigint = dense_rank(){over}
first_value(T) T = first_value({0}){over}
lag(T) T = lag({0}){over}
lag(T, bigint) T = lag({0}, {1}){over}
lag(T, bigint, T) T = lag({0}, {1}, {2}){over}
last_value(T) T = last_value({0}){over}
lead(T) T = lead({0}){over}
lead(T, bigint) T = lead({0}, {1}){over}
lead(T, bigint, T) T = lead({0}, {1}, {2}){over}
nth_value(T, bigint) T = nth_value({0}, {1}){over}
ntile(bigint) bigint = ntile({0}){over}
percent_rank() double = percent_rank(){over}
rank() bigint = rank(){over}
row_number() bigint = row_number(){over}
"""

ALIASES = {
    "day_of_month": "day",
    "dow": "day_of_week",
    "doy": "day_of_year",
    "week_of_year": "week",
    "yow": "year_of_week",
}


@dataclass(frozen=True, slots=True)
class Variable:
    """A type that the arguments decide: any type, or for N a number."""

    name: str


Parameter = Variable | Type


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function. `repeats`: the last parameter takes one or more arguments."""

    name: str
    parameters: tuple[Parameter, ...]
    repeats: bool
    result: Parameter
    template: str


@cache
def signatures(table: str) -> dict[str, tuple[Signature, ...]]:
    """A table's signatures by name."""
    found: dict[str, tuple[Signature, ...]] = {}
    for line in filter(None, table.splitlines()):
        signature = _signature(line)
        found[signature.name] = (*found.get(signature.name, ()), signature)
    return found


_LINE = re.compile(r"(?P<name>[^(]+)\((?P<parameters>.*?)\) (?P<result>[a-zA-Z()]+) = (?P<template>.*)")
_WORDS: dict[str, Parameter] = {
    **{kind.value: kind for kind in Scalar},
    **{name: Variable(name) for name in "TUN"},
    "duration": Scalar.INTERVAL_DAY_TO_SECOND,
    "months": Scalar.INTERVAL_YEAR_TO_MONTH,
}


def _signature(line: str) -> Signature:
    parts = _LINE.fullmatch(line)
    if parts is None:
        raise ValueError(line)
    parameters = parts["parameters"].removesuffix("...")
    return Signature(
        parts["name"],
        tuple(_type(word) for word in parameters.split(", ") if word),
        parts["parameters"].endswith("..."),
        _type(parts["result"]),
        parts["template"],
    )


def _type(text: str) -> Parameter:
    outer, _, inner = text.removesuffix(")").partition("(")
    if not inner:
        return _WORDS[text]
    return (Array if outer == "array" else TimeSeries)(_type(inner))  # type: ignore[arg-type]  # may hold a Variable
