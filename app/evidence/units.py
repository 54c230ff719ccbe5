"""Units people type beside a number, and how finely a typed number was meant."""

from __future__ import annotations

from decimal import Decimal

BASES: dict[str, dict[str, float]] = {
    "time": {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "μs": 1e-3, "ms": 1.0, "s": 1e3, "sec": 1e3, "min": 6e4, "": 1.0},
    "rate": {
        "": 1.0, "rps": 1.0, "/s": 1.0, "req/s": 1.0, "requests/s": 1.0, "1/s": 1.0, "qps": 1.0,
        "/min": 1 / 60, "rpm": 1 / 60, "requests/min": 1 / 60, "krps": 1000.0,
    },
    "share": {"": 1.0, "%": 0.01, "percent": 0.01, "ratio": 1.0, "ppm": 1e-6, "‰": 0.001},
    "count": {"": 1.0, "count": 1.0, "requests": 1.0, "errors": 1.0, "k": 1e3, "M": 1e6},
}  # fmt: skip


def in_base(value: float, unit: str, quantity: str) -> float | None:
    """The value in ms, requests a second, a share of one or a count; None when the unit does not fit."""
    scales = BASES[quantity]
    scale = scales.get(unit.strip(), scales.get(unit.strip().lower()))
    return None if scale is None else value * scale


def rounding(value: Decimal | float) -> float:
    """Half a unit of the last digit typed: 120 may have been 119.5 to 120.5, and 1.2 was 1.15 to 1.25."""
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    exponent = (
        number.normalize().as_tuple().exponent
        if not isinstance(value, Decimal)
        else number.as_tuple().exponent
    )
    return 0.5 * 10.0 ** min(int(exponent), 0) if isinstance(exponent, int) else 0.5


def shown(value: float) -> str:
    """Four digits for reading."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
