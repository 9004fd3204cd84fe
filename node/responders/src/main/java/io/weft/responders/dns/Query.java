package io.weft.responders.dns;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * What a guest asks: one question (RFC 1035 section 4.1), perhaps with EDNS (RFC 6891).
 *
 * @param id the number by which the guest knows the answer
 * @param opcode what is to be done; anything but a query is refused
 * @param recursion whether others may be asked
 * @param checkingDisabled whether the answer may be one that does not validate (RFC 4035 section 3.2.2)
 * @param question what is asked for; empty when there is not exactly one question
 * @param extended what EDNS says, when the guest speaks it
 */
public record Query(
        int id,
        int opcode,
        boolean recursion,
        boolean checkingDisabled,
        Optional<Record> question,
        Optional<Extended> extended) {
    /** The largest datagram that is sent, and that other resolvers are told: it is never cut into fragments. */
    static final int DATAGRAM = 1232;

    /** The largest answer over a connection. */
    public static final int MAXIMUM = 65_535;

    private static final int CLASSIC = 512;

    /**
     * What EDNS says.
     *
     * @param version its version; there is only 0
     * @param payload the largest datagram that the guest takes, in bytes
     * @param dnssec whether signatures are wanted
     */
    public record Extended(int version, int payload, boolean dnssec) {}

    /** Reads a message from a guest; empty when it is none, or an answer, on both of which silence is right. */
    public static Optional<Query> parse(byte[] bytes) {
        try {
            Message message = new Message(bytes);
            if (message.getHeader().getFlag(Flags.QR)) {
                return Optional.empty();
            }
            boolean one = message.getHeader().getCount(Section.QUESTION) == 1;
            OPTRecord opt = message.getOPT();
            return Optional.of(new Query(
                    message.getHeader().getID(),
                    message.getHeader().getOpcode(),
                    message.getHeader().getFlag(Flags.RD),
                    message.getHeader().getFlag(Flags.CD),
                    one ? Optional.ofNullable(message.getQuestion()) : Optional.empty(),
                    opt == null
                            ? Optional.empty()
                            : Optional.of(new Extended(
                                    opt.getVersion(), opt.getPayloadSize(), (opt.getFlags() & 0x8000) != 0))));
        } catch (IOException | RuntimeException e) {
            // A library that stumbles over a message is no reason to stumble, too.
            return Optional.empty();
        }
    }

    /** The name that is asked for: complete and in lower case. */
    static String text(Name name) {
        return name.toString(false).toLowerCase(Locale.ROOT);
    }

    boolean isInternet() {
        return question.filter(q -> q.getDClass() == DClass.IN || q.getDClass() == DClass.ANY)
                .isPresent();
    }

    /** An answer without records yet. */
    Message reply(int rcode) {
        Message reply = new Message(id);
        reply.getHeader().setFlag(Flags.QR);
        reply.getHeader().setOpcode(opcode);
        if (opcode == Opcode.QUERY) {
            if (recursion) {
                reply.getHeader().setFlag(Flags.RD);
            }
            if (checkingDisabled) {
                reply.getHeader().setFlag(Flags.CD);
            }
        }
        question.ifPresent(q -> reply.addRecord(q, Section.QUESTION));
        extended.ifPresent(e ->
                reply.addRecord(new OPTRecord(DATAGRAM, rcode >>> 4, 0, e.dnssec() ? 0x8000 : 0), Section.ADDITIONAL));
        reply.getHeader().setRcode(rcode & 0xf);
        return reply;
    }

    /** That nobody could be asked, or that nobody answered (RFC 1035 section 4.1.1). */
    public Message failure() {
        return reply(Rcode.SERVFAIL);
    }

    /**
     * The bytes of an answer. What does not fit is left out and marked as such, so that the guest asks again over a
     * connection.
     *
     * @param datagram whether it is sent in one datagram
     */
    public byte[] bytes(Message answer, boolean datagram) {
        int most = extended.map(e -> Math.clamp(e.payload(), CLASSIC, DATAGRAM)).orElse(CLASSIC);
        return answer.toWire(datagram ? most : MAXIMUM);
    }
}
