package io.weft.protocol;

import java.util.Optional;

/** Which packets of its protocol a rule means. */
public sealed interface PortMatch {
    /** All of them. */
    record Any() implements PortMatch {}

    /**
     * Those to a destination port in a range, of protocols that have ports.
     *
     * @param first the first port, 0 to 65535
     * @param last the last port, not below the first
     */
    record Range(int first, int last) implements PortMatch {
        public Range {
            if (first < 0 || last > 65535 || first > last) {
                throw new IllegalArgumentException("no port range: " + first + " to " + last);
            }
        }
    }

    /**
     * Messages of a type, of ICMP (RFC 792) or ICMPv6 (RFC 4443).
     *
     * @param type the type, 0 to 255
     * @param code the code, 0 to 255; empty for any
     */
    record Icmp(int type, Optional<Integer> code) implements PortMatch {
        public Icmp {
            if (type < 0 || type > 255 || code.orElse(0) < 0 || code.orElse(0) > 255) {
                throw new IllegalArgumentException("ICMP types and codes are between 0 and 255");
            }
        }
    }
}
