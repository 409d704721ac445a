import { AppError, isAppError } from "../errors";
import type { VersionLedger } from "../ledger/versionLedger";
import type { Clock, TableRow, TableValue } from "../ports";

/** Who took a dataset version out of use, when and why. */
export interface Withdrawal {
  at: string;
  by: string;
  reason: string;
}

/** A person's change of a dataset version: who, why, and the name of the operation. */
export interface DatasetChange {
  usecase: string;
  version: number;
  reason: string;
  actor: string;
  operation: string;
}

/** Takes versions out of use and into use again, each with its audit entry. */
export class Withdrawals {
  constructor(
    private readonly ledger: VersionLedger,
    private readonly clock: Clock,
  ) {}

  /** Takes the version of `row` out of use; AppError conflict if it already is, as `earlier` says. */
  async withdraw(row: TableRow, earlier: Withdrawal | undefined, change: DatasetChange): Promise<void> {
    if (earlier)
      throw new AppError(
        "conflict",
        `dataset version ${change.version} was withdrawn already, by ${earlier.by} at ${earlier.at}: ${earlier.reason}`,
      );
    const at = this.clock.now().toISOString();
    const columns = { withdrawnAt: at, withdrawnBy: change.actor, withdrawReason: change.reason };
    await this.change(row, columns, change, "dataset withdrawn");
  }

  /** Takes the version of `row` into use again; AppError conflict when it is in use. */
  async restore(row: TableRow, earlier: Withdrawal | undefined, change: DatasetChange): Promise<void> {
    if (earlier === undefined)
      throw new AppError("conflict", `dataset version ${change.version} is in use: there is nothing to restore`);
    const columns = { withdrawnAt: undefined, withdrawnBy: undefined, withdrawReason: undefined };
    await this.change(row, columns, change, "dataset restored");
  }

  private async change(
    row: TableRow,
    columns: Record<string, TableValue>,
    { usecase, version, actor, reason, operation }: DatasetChange,
    action: string,
  ): Promise<void> {
    const subject = `${usecase} dataset v${version}`;
    try {
      await this.ledger.change(row, columns, { operation, action, actor, subject, reason });
    } catch (cause) {
      if (!isAppError(cause, "precondition_failed")) throw cause;
      const message = `dataset version ${version} was changed by someone else meanwhile; look at it again`;
      throw new AppError("conflict", message, { cause });
    }
  }
}
