// How far a fair game may stray, looked at as often as one likes, for ever.

/** Each epoch of the stitching is so many times as long as the one before, in V. */
const ETA = 2;
/** How fast the chance of a false alarm is spent on later epochs. */
const S = 1.4;
/** Riemann's zeta at S: the sum over k of k^-S. */
const ZETA_S = 3.105547277977581;

const K1 = (ETA ** 0.25 + ETA ** -0.25) / Math.SQRT2;
const K2 = (Math.sqrt(ETA) + 1) / 2;

export interface BoundaryOptions {
  /** The chance that a fair game ever crosses it. */
  readonly alpha: number;
  /** No single term is below minus this; known before the terms are. */
  readonly scale: number;
  /** The boundary is level below this V. */
  readonly least: number;
}

/**
 * The boundary u(V) such that a sum S of terms x with mean 0 given the past, none below −scale, has S ≥ u(V) at any
 * time whatever with probability alpha at most, V being the sum of x². exp(λS/c − (−log(1−λ) − λ)V/c²) is a
 * supermartingale (Fan, Grama & Liu 2015, "Exponential inequalities for martingales with applications"), which makes
 * S sub-gamma in V with that scale; the boundary is the polynomial stitching of Howard, Ramdas, McAuliffe & Sekhon
 * 2021, "Time-uniform, nonparametric, nonasymptotic confidence sequences", Theorem 1 and equation (10).
 */
export function boundary(v: number, { alpha, scale, least }: BoundaryOptions): number {
  const variance = Math.max(v, least);
  const epochs = S * Math.log(Math.log((ETA * variance) / least));
  const level = epochs + Math.log(ZETA_S / (alpha * Math.log(ETA) ** S));
  const linear = K2 * scale * level;
  return Math.sqrt(K1 ** 2 * variance * level + linear ** 2) + linear;
}
