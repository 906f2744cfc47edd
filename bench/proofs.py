"""Time every proof of the book and print one table: label, seconds, how far it holds, steps."""

from time import perf_counter

from softmaxlab.proofs.catalogue import CATALOGUE


def main() -> None:
    """Prove everything once, each proof from scratch, and print the table."""
    total = 0.0
    print(f"{'label':<28}{'seconds':>8}{'steps':>7}  held")
    for label, claim in CATALOGUE.items():
        start = perf_counter()
        proof = claim.prove()
        seconds = perf_counter() - start
        total += seconds
        print(f"{label:<28}{seconds:>8.3f}{len(proof.steps):>7}  {proof.badge}")
    print(f"{'all ' + str(len(CATALOGUE)):<28}{total:>8.3f}")


if __name__ == "__main__":
    main()
