/** Is told of a fault of a spec: the path of the field, and what is wrong with it. */
export type SpecFault = (path: (string | number)[], message: string) => void;
