package io.weft.responders.dns;

import java.io.IOException;
import java.util.Optional;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * What is asked of another resolver for a guest, and what of its answer the guest gets. Nothing that the guest sent but its
 * question goes out, and nothing comes in that does not fit it.
 */
public final class Upstream {
    private Upstream() {}

    /**
     * The bytes to send.
     *
     * @param query what the guest asks; it has a question
     * @param id a number that nobody can guess
     */
    public static byte[] request(Query query, int id) {
        Message message = new Message(id);
        message.getHeader().setFlag(Flags.RD);
        if (query.checkingDisabled()) {
            message.getHeader().setFlag(Flags.CD);
        }
        message.addRecord(question(query), Section.QUESTION);
        boolean dnssec = query.extended().map(Query.Extended::dnssec).orElse(false);
        message.addRecord(new OPTRecord(Query.DATAGRAM, 0, 0, dnssec ? 0x8000 : 0), Section.ADDITIONAL);
        return message.toWire();
    }

    private static Record question(Query query) {
        return query.question().orElseThrow(() -> new IllegalArgumentException("nothing is asked"));
    }

    /**
     * Reads an answer; empty when it is none to this question, as of somebody who guesses.
     *
     * @param id the number that was sent
     */
    public static Optional<Message> answer(byte[] bytes, Query query, int id) {
        Message message;
        try {
            message = new Message(bytes);
        } catch (IOException | RuntimeException e) {
            // Whoever sent that, it is no answer.
            return Optional.empty();
        }
        Header header = message.getHeader();
        boolean ours = header.getID() == id
                && header.getFlag(Flags.QR)
                && header.getOpcode() == query.opcode()
                && header.getCount(Section.QUESTION) == 1
                && question(query).equals(message.getQuestion());
        return ours ? Optional.of(message) : Optional.empty();
    }

    /** Whether another resolver may do better. */
    public static boolean isFailure(Message answer) {
        int rcode = answer.getRcode();
        return rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN;
    }

    /** What the guest gets of an answer. */
    public static Message reply(Message answer, Query query) {
        int rcode = answer.getRcode();
        Message reply = query.reply(rcode > 0xf ? Rcode.SERVFAIL : rcode);
        reply.getHeader().setFlag(Flags.RA);
        for (int flag : new int[] {Flags.TC, Flags.AD}) {
            if (answer.getHeader().getFlag(flag)) {
                reply.getHeader().setFlag(flag);
            }
        }
        for (int section : new int[] {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL}) {
            for (Record record : answer.getSection(section)) {
                // These belong to the connection between two, not to the answer.
                if (record.getType() != Type.OPT && record.getType() != Type.TSIG && record.getType() != Type.SIG) {
                    reply.addRecord(record, section);
                }
            }
        }
        return reply;
    }
}
