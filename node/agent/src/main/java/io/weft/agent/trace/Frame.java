package io.weft.agent.trace;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** What a packet that passed says of itself: its headers for people, and what tells it from others on its way. */
final class Frame {
    private static final int ETHERNET_BYTES = 14;
    private static final int IPV6_BYTES = 40;
    private static final int PORTS_BYTES = 4;

    /** Of a segment: ports and numbers. Flags and the checksum behind them may change on the way. */
    private static final int SEGMENT_BYTES = 12;

    private static final int UDP_HEADER_BYTES = 8;
    private static final int ICMP_CHECKSUM_END = 4;
    private static final int PAYLOAD_BYTES = 24;

    private Frame() {}

    /** The fields of its headers; of what is not IP only the MACs and the type. */
    static Map<String, Object> facts(byte[] frame, int length) {
        Map<String, Object> facts = Tracing.facts("length", length);
        if (frame.length < ETHERNET_BYTES) {
            return facts;
        }
        facts.put("source_mac", Probe.sourceMac(frame));
        facts.put("destination_mac", Probe.destinationMac(frame));
        if (!Probe.isIp(frame)) {
            facts.put("ethertype", "0x%04x".formatted(Probe.type(frame)));
            return facts;
        }
        facts.put("source", Probe.source(frame));
        facts.put("destination", Probe.destination(frame));
        facts.put("protocol", protocol(frame));
        facts.put("hop_limit", Probe.hopLimit(frame));
        if (hasPorts(frame)) {
            int at = transport(frame);
            facts.put("source_port", number(frame, at));
            facts.put("port", destinationPort(frame));
        }
        return facts;
    }

    /** The port that it is sent to; 0 where there is none. */
    static int destinationPort(byte[] frame) {
        return hasPorts(frame) ? number(frame, transport(frame) + 2) : 0;
    }

    private static boolean hasPorts(byte[] frame) {
        int protocol = protocol(frame);
        return (protocol == Probe.TCP || protocol == Probe.UDP)
                && !isLaterFragment(frame)
                && frame.length >= transport(frame) + PORTS_BYTES;
    }

    private static boolean isLaterFragment(byte[] frame) {
        return isIpv4(frame) && (number(frame, ETHERNET_BYTES + 6) & 0x1fff) != 0;
    }

    private static boolean isIpv4(byte[] frame) {
        return (frame[ETHERNET_BYTES] & 0xf0) == 0x40;
    }

    /** The protocol of an IP packet. */
    static int protocol(byte[] frame) {
        return frame[ETHERNET_BYTES + (isIpv4(frame) ? 9 : 6)] & 0xff;
    }

    private static int transport(byte[] frame) {
        return ETHERNET_BYTES + (isIpv4(frame) ? (frame[ETHERNET_BYTES] & 0xf) * 4 : IPV6_BYTES);
    }

    private static int number(byte[] frame, int at) {
        return (frame[at] & 0xff) << 8 | frame[at + 1] & 0xff;
    }

    /**
     * What is the same of a packet before and behind a tunnel, and hardly ever of two packets: addresses, identifier,
     * numbers of its segment or the beginning of what it carries. Checksums are left to devices, so they are not in it.
     */
    static Optional<String> signature(byte[] frame) {
        if (!Probe.isIp(frame)) {
            return Optional.empty();
        }
        int at = transport(frame);
        ByteBuffer out = ByteBuffer.allocate(IPV6_BYTES + PAYLOAD_BYTES + 8);
        out.put(Probe.source(frame).toBytes()).put(Probe.destination(frame).toBytes());
        out.put((byte) protocol(frame));
        if (isIpv4(frame)) {
            out.put(frame, ETHERNET_BYTES + 4, 4);
        }
        switch (protocol(frame)) {
            case Probe.TCP -> put(frame, at, SEGMENT_BYTES, out);
            case Probe.UDP -> {
                put(frame, at, PORTS_BYTES, out);
                put(frame, at + UDP_HEADER_BYTES, PAYLOAD_BYTES - UDP_HEADER_BYTES, out);
            }
            case Probe.ICMP, Probe.ICMPV6 -> {
                put(frame, at, 2, out);
                put(frame, at + ICMP_CHECKSUM_END, PAYLOAD_BYTES - ICMP_CHECKSUM_END, out);
            }
            default -> put(frame, at, PAYLOAD_BYTES, out);
        }
        return Optional.of(HexFormat.of().formatHex(Arrays.copyOf(out.array(), out.position())));
    }

    private static void put(byte[] frame, int from, int length, ByteBuffer out) {
        int end = Math.min(frame.length, from + length);
        if (end > from) {
            out.put(frame, from, end - from);
        }
    }
}
