"""What it costs to send a parcel."""

from parcel_rates.rates import Parcel, price

__all__ = ["Parcel", "price"]
