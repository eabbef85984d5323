/** The nearest whole number; half is rounded away from zero. */
export const rounded = (value: number): number => {
  const whole = Math.trunc(value)
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole
}
