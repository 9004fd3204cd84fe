package io.weft.responders.dns;

import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names that stand for addresses (RFC 1035 section 3.5, RFC 3596 section 2.5).
 *
 * @param block the address that a name stands for, or the block when it is cut short
 */
record ReverseName(IpPrefix block) {
    private static final String IPV4 = "in-addr.arpa.";
    private static final String IPV6 = "ip6.arpa.";

    private static final Pattern OCTET = Pattern.compile("0|[1-9][0-9]{0,2}");
    private static final Pattern NIBBLE = Pattern.compile("[0-9a-f]");

    /**
     * Blocks that mean something on a link, in a site or in documents alone: nobody else is asked for their names (RFC
     * 6303, RFC 7793).
     */
    private static final List<IpPrefix> PRIVATE = List.of(
            IpPrefix.parse("0.0.0.0/8"),
            IpPrefix.parse("10.0.0.0/8"),
            IpPrefix.parse("100.64.0.0/10"),
            IpPrefix.parse("127.0.0.0/8"),
            IpPrefix.parse("169.254.0.0/16"),
            IpPrefix.parse("172.16.0.0/12"),
            IpPrefix.parse("192.0.2.0/24"),
            IpPrefix.parse("192.168.0.0/16"),
            IpPrefix.parse("198.51.100.0/24"),
            IpPrefix.parse("203.0.113.0/24"),
            IpPrefix.parse("255.255.255.255/32"),
            IpPrefix.parse("::/127"),
            IpPrefix.parse("2001:db8::/32"),
            IpPrefix.parse("fc00::/7"),
            IpPrefix.parse("fe80::/10"));

    /** Reads a complete name in lower case; empty when it stands for no address. */
    static Optional<ReverseName> parse(String name) {
        if (name.endsWith("." + IPV4)) {
            return block(labels(name, IPV4), OCTET, 4, 8);
        }
        return name.endsWith("." + IPV6) ? block(labels(name, IPV6), NIBBLE, 32, 4) : Optional.empty();
    }

    /** The labels before the suffix, the most significant first. */
    private static List<String> labels(String name, String suffix) {
        List<String> labels = new ArrayList<>(
                List.of(name.substring(0, name.length() - suffix.length() - 1).split("\\.", -1)));
        Collections.reverse(labels);
        return labels;
    }

    private static Optional<ReverseName> block(List<String> labels, Pattern form, int most, int bits) {
        if (labels.size() > most
                || !labels.stream().allMatch(label -> form.matcher(label).matches())) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < most; i++) {
            text.append(i == 0 || bits == 4 && i % 4 != 0 ? "" : bits == 8 ? "." : ":");
            text.append(i < labels.size() ? labels.get(i) : "0");
        }
        try {
            return Optional.of(new ReverseName(new IpPrefix(IpAddress.parse(text.toString()), labels.size() * bits)));
        } catch (InvalidException e) {
            return Optional.empty();
        }
    }

    /** The one address that it stands for. */
    Optional<IpAddress> address() {
        return block.length() == block.family().bits() ? Optional.of(block.address()) : Optional.empty();
    }

    boolean isPrivate() {
        return PRIVATE.stream().anyMatch(known -> known.contains(block));
    }

    /** The zone in whose name it is said that there is nothing: at most a block of 24 bits in IPv4, 64 in IPv6. */
    static String zone(String name) {
        int labels = name.endsWith("." + IPV4) ? 5 : 18;
        int start = name.length() - 1;
        for (int i = 0; i < labels && start >= 0; i++) {
            start = name.lastIndexOf('.', start - 1);
        }
        return name.substring(start + 1);
    }
}
