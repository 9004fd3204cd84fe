package io.weft.model;

/**
 * The addresses from {@code first} to {@code last}, both included.
 *
 * @param first the lowest address
 * @param last the highest address, of the same family
 */
public record IpRange(IpAddress first, IpAddress last) {
    public IpRange {
        Rules.require("allocation_pools", first.family() == last.family(), "both ends must be of one family");
        Rules.require(
                "allocation_pools",
                first.compareTo(last) <= 0,
                "the start " + first + " must not be above the end " + last);
    }

    public boolean contains(IpAddress address) {
        return address.family() == first.family() && first.compareTo(address) <= 0 && address.compareTo(last) <= 0;
    }

    public boolean overlaps(IpRange other) {
        return first.family() == other.first.family()
                && first.compareTo(other.last) <= 0
                && other.first.compareTo(last) <= 0;
    }

    @Override
    public String toString() {
        return first + "-" + last;
    }
}
