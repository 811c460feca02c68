// Decimal numbers as [coefficient, exponent] with BigInt: the same 28 digits as the server, half to even.
const digits = 28;
const guard = 70;
const numeric = /^-?\d{1,60}(\.\d{1,60})?$/;

/** A decimal from text such as "-1.50"; null when it is no number. */
export function decimal(text) {
  if (!numeric.test(text)) return null;
  const [whole, fraction = ""] = text.split(".");
  return [BigInt(whole + fraction), -fraction.length];
}

export const isDecimal = (value) => Array.isArray(value) && typeof value[0] === "bigint";
const abs = (n) => (n < 0n ? -n : n);
const length = (n) => abs(n).toString().length;
const ten = (power) => 10n ** BigInt(power);

/** Text without exponent and superfluous zeros. */
export function text([c, e]) {
  if (e >= 0) return (c * ten(e)).toString();
  const sign = c < 0n ? "-" : "";
  const all = abs(c).toString().padStart(1 - e, "0");
  const fraction = all.slice(e).replace(/0+$/, "");
  const whole = all.slice(0, e);
  const body = fraction ? `${whole}.${fraction}` : whole;
  return body === "0" ? "0" : sign + body;
}

/** Drop digits beyond 28, half to even; `sticky` says that something non-zero follows. */
function fit([c, e], sticky = false) {
  const over = length(c) - digits;
  if (over <= 0) return [c, e];
  const unit = ten(over);
  let kept = c / unit;
  const rest = abs(c % unit) * 2n;
  const up = rest > unit || (rest === unit && (sticky || kept % 2n !== 0n));
  if (up) kept += c < 0n ? -1n : 1n;
  return fit([kept, e + over]);
}

/** The value, or null outside 1e-60 … 1e60. */
function bounded(value, sticky = false) {
  const [c, e] = fit(value, sticky);
  if (c === 0n) return [0n, 0];
  const size = length(c) + e;
  if (size > 61 || size < -59) return null;
  if (size === 61 && compare([abs(c), e], [1n, 60]) > 0) return null;
  return [c, e];
}

function align([a, x], [b, y]) {
  const e = Math.min(x, y);
  return [a * ten(x - e), b * ten(y - e), e];
}

export function compare(left, right) {
  const [a, b] = align(left, right);
  return a < b ? -1 : a > b ? 1 : 0;
}

export function add(left, right) {
  const [a, b, e] = align(left, right);
  return bounded([a + b, e]);
}

export const negate = ([c, e]) => [-c, e];
export const absolute = ([c, e]) => [abs(c), e];
export const multiply = ([a, x], [b, y]) => bounded([a * b, x + y]);

export function divide([a, x], [b, y]) {
  if (b === 0n) return null;
  const shift = Math.max(0, digits + 2 + length(b) - length(a));
  const scaled = a * ten(shift);
  return bounded([scaled / b, x - y - shift], scaled % b !== 0n);
}

/** Half away from zero, to 0 … 12 places. */
export function rounded([c, e], places) {
  if (places < 0 || places > 12) return null;
  if (e >= -places) return [c, e];
  const unit = ten(-places - e);
  let kept = c / unit;
  if (abs(c % unit) * 2n >= unit) kept += c < 0n ? -1n : 1n;
  return [kept, -places];
}

function integerRoot(n) {
  if (n < 2n) return n;
  let x = ten(Math.ceil(length(n) / 2));
  for (;;) {
    const next = (x + n / x) / 2n;
    if (next >= x) return x;
    x = next;
  }
}

export function squareRoot([c, e]) {
  if (c < 0n) return null;
  if (c === 0n) return [0n, 0];
  let shift = Math.max(0, 2 * (digits + 2) - length(c));
  if ((e - shift) % 2 !== 0) shift += 1;
  const scaled = c * ten(shift);
  const root = integerRoot(scaled);
  return bounded([root, (e - shift) / 2], root * root !== scaled);
}

// Fixed point with `guard` digits behind the point, for logarithms and powers.
const one = ten(guard);
const fixed = ([c, e]) => (e + guard >= 0 ? c * ten(e + guard) : c / ten(-e - guard));

function fixedAtanhTwice(numerator, denominator) {
  const ratio = (numerator * one) / denominator;
  const square = (ratio * ratio) / one;
  let term = ratio;
  let total = 0n;
  for (let n = 1n; term !== 0n; n += 2n) {
    total += term / n;
    term = (term * square) / one;
  }
  return 2n * total;
}

const lnTen = fixedAtanhTwice(9n, 11n);

function fixedLog([c, e]) {
  const size = length(c);
  let mantissa = size > guard ? c / ten(size - guard) : c * ten(guard - size);
  let power = e + size;
  if (mantissa * 10n < 3n * one) { mantissa *= 10n; power -= 1; }
  return fixedAtanhTwice(mantissa - one, mantissa + one) + BigInt(power) * lnTen;
}

function fixedExp(x) {
  const halvings = 12n;
  const small = x / 2n ** halvings;
  let term = one;
  let total = one;
  for (let n = 1n; term !== 0n; n += 1n) {
    term = (term * small) / (one * n);
    total += term;
  }
  for (let n = 0n; n < halvings; n += 1n) total = (total * total) / one;
  return total;
}

export function naturalLog(value) {
  return value[0] <= 0n ? null : bounded([fixedLog(value), -guard]);
}

export function exponential(value) {
  const x = fixed(value);
  if (abs(x) >= 200n * one) return null;
  // exp(-x) keeps its digits as 1 / exp(x)
  return x >= 0n ? bounded([fixedExp(x), -guard]) : divide([1n, 0], [fixedExp(-x), -guard]);
}

export function power(base, exponent) {
  if (compare(absolute(exponent), [100n, 0]) > 0) return null;
  if (base[0] === 0n) return exponent[0] < 0n ? null : exponent[0] === 0n ? [1n, 0] : [0n, 0];
  const [c, e] = rounded(exponent, 0);
  if (compare([c, e], exponent) === 0) return wholePower(base, Number(c * ten(Math.max(e, 0))));
  if (base[0] < 0n) return null;
  const inner = multiplyFixed(fixedLog(base), exponent);
  return exponential([inner, -guard]);
}

const multiplyFixed = (x, [c, e]) => (e >= 0 ? x * c * ten(e) : (x * c) / ten(-e));

function wholePower([c, e], n) {
  const times = Math.abs(n);
  const whole = [c ** BigInt(times), e * times];
  return n >= 0 ? bounded(whole) : divide([1n, 0], whole);
}
