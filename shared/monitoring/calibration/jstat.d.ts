declare module "jstat" {
  export const jStat: {
    studentt: { cdf(x: number, degrees: number): number; inv(probability: number, degrees: number): number };
  };
}
