package io.weft.vrouter;

import java.nio.ByteBuffer;

/**
 * What becomes of the packets of a {@link PolicyKey}. Packets for which there is none are denied.
 *
 * @param allow whether they pass
 * @param stateful whether a connection is kept for those that pass, so that answers pass too
 * @param precedence 0 to 65535: between the entry of the packet's protocol and that of any protocol the higher counts, at
 *     a tie the protocol's own
 * @param rule number of the rule, 0 to {@link Sizes#rules} - 1, under which its verdicts are counted
 */
public record PolicyVerdict(boolean allow, boolean stateful, int precedence, int rule) {
    private static final int ALLOW = 1;
    private static final int STATEFUL = 2;

    static final Codec<PolicyVerdict> CODEC = new Codec<>(8, PolicyVerdict::write, PolicyVerdict::read);

    static void write(PolicyVerdict verdict, ByteBuffer out) {
        out.put((byte) ((verdict.allow ? ALLOW : 0) | (verdict.stateful ? STATEFUL : 0)));
        out.put((byte) 0).putShort((short) verdict.precedence).putInt(verdict.rule);
    }

    static PolicyVerdict read(ByteBuffer in) {
        int flags = in.get();
        in.get();
        int precedence = in.getShort() & 0xffff;
        return new PolicyVerdict((flags & ALLOW) != 0, (flags & STATEFUL) != 0, precedence, in.getInt());
    }
}
