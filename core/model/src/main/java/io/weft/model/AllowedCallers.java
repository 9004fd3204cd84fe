package io.weft.model;

import java.util.List;

/**
 * From which addresses a {@link Listener} may be called. It is not about answers, nor about who may reach its members directly.
 *
 * @param cidrs blocks of these addresses, without repetition, at most {@value #MOST}; empty for everyone
 * @param scope where it is asked for
 */
public record AllowedCallers(List<IpPrefix> cidrs, Scope scope) {
    /** The most blocks of a listener. */
    public static final int MOST = 100;

    /** Everyone. */
    public static final AllowedCallers EVERYONE = new AllowedCallers(List.of(), Scope.ALL);

    /** At which of its addresses a listener asks who calls; no attribute of Octavia's. */
    public enum Scope {
        /** At all. */
        ALL("all"),
        /** At floating IPs that lead to it; at the virtual address itself everyone may call. */
        FLOATING("floating");

        private final String text;

        Scope(String text) {
            this.text = text;
        }

        /** As the API spells it. */
        public String text() {
            return text;
        }

        /**
         * Reads what {@link #text} writes.
         *
         * @throws InvalidException when it is neither; the field is {@code weft:allowed_cidrs_scope}
         */
        public static Scope parse(String text) {
            return switch (text) {
                case "all" -> ALL;
                case "floating" -> FLOATING;
                default ->
                    throw new InvalidException("weft:allowed_cidrs_scope", "must be all or floating, is " + text);
            };
        }
    }

    public AllowedCallers {
        cidrs = List.copyOf(cidrs);
        Rules.require("allowed_cidrs", cidrs.size() <= MOST, "must be at most " + MOST);
        Rules.require("allowed_cidrs", cidrs.stream().distinct().count() == cidrs.size(), "must name each block once");
    }

    /** The blocks that may call the virtual address; empty for everyone. */
    public List<IpPrefix> atVirtualAddress() {
        return scope == Scope.ALL ? cidrs : List.of();
    }

    /** Whether this address may call by a floating IP. */
    public boolean byFloatingIp(IpAddress caller) {
        return cidrs.isEmpty() || cidrs.stream().anyMatch(cidr -> cidr.contains(caller));
    }

    /** Whether this address may call the virtual address. */
    public boolean byVirtualAddress(IpAddress caller) {
        return scope != Scope.ALL || byFloatingIp(caller);
    }
}
