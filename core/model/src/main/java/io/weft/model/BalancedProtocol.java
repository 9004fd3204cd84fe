package io.weft.model;

import java.util.Arrays;

/** A transport protocol whose connections nodes hand out. */
public enum BalancedProtocol {
    TCP(6),
    UDP(17),
    /** Its checksum covers ports and cannot be changed by difference: members have their listener's port. */
    SCTP(132);

    private final int number;

    BalancedProtocol(int number) {
        this.number = number;
    }

    /** IANA's number. */
    public int number() {
        return number;
    }

    /**
     * Reads a name in upper case, as Octavia has it.
     *
     * @throws InvalidException when it is none; the field is {@code protocol}
     */
    public static BalancedProtocol parse(String text) {
        return Arrays.stream(values())
                .filter(protocol -> protocol.name().equals(text))
                .findFirst()
                .orElseThrow(() -> new InvalidException("protocol", "must be TCP, UDP or SCTP, is " + text));
    }
}
