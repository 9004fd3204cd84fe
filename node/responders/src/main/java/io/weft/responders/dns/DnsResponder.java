package io.weft.responders.dns;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Answers questions from the names that the asking port may know. Three kinds of zones are told apart: the operator's
 * domain, and the reverse names of the asker's subnets, all of which is known here; the domains of tenants, which may
 * have more names elsewhere; and blocks of private addresses, which mean nothing elsewhere.
 */
public final class DnsResponder {
    /** How long an answer may be kept, in seconds: a port may be gone soon. */
    static final int TTL = 30;

    /** How long it may be kept that there is nothing, in seconds: a port may come any time. */
    static final int NEGATIVE_TTL = 5;

    private final Query query;
    private final Names names;
    private final boolean forwards;

    private DnsResponder(Query query, Names names, boolean forwards) {
        this.query = query;
        this.names = names;
        this.forwards = forwards;
    }

    /**
     * Answers a question.
     *
     * @param query what a guest asks
     * @param names the names that it may know
     * @param forwards whether there are other resolvers to ask
     */
    public static Answered answer(Query query, Names names, boolean forwards) {
        return new DnsResponder(query, names, forwards).answer();
    }

    private Answered answer() {
        if (query.opcode() != Opcode.QUERY) {
            return here(query.reply(Rcode.NOTIMP));
        }
        if (query.extended().filter(e -> e.version() != 0).isPresent()) {
            return here(query.reply(Rcode.BADVERS));
        }
        Record question = query.question().orElse(null);
        if (question == null) {
            return here(query.reply(Rcode.FORMERR));
        }
        // Transfers are no records either.
        if (!query.isInternet() || !Type.isRR(question.getType()) && question.getType() != Type.ANY) {
            return here(query.reply(Rcode.REFUSED));
        }
        String name = Query.text(question.getName());
        Optional<ReverseName> reverse = ReverseName.parse(name);
        return reverse.isPresent() ? reverse(question, name, reverse.get()) : forward(question, name);
    }

    private Answered here(Message message) {
        if (forwards) {
            message.getHeader().setFlag(Flags.RA);
        }
        return new Answered.Here(message);
    }

    private Answered forward(Record question, String name) {
        List<IpAddress> addresses = names.addresses(name);
        if (!addresses.isEmpty()) {
            return here(meaning(question, name, addresses));
        }
        if (isIn(name, names.domain())) {
            boolean apex = name.equals(names.domain());
            if (apex && (question.getType() == Type.SOA || question.getType() == Type.ANY)) {
                Message message = authoritative(Rcode.NOERROR);
                message.addRecord(soa(question.getName(), TTL), Section.ANSWER);
                return here(message);
            }
            return here(nothing(apex || names.hasBelow(name), names.domain()));
        }
        return elsewhere(names.tenantDomain(name));
    }

    /** Asks others; when there are none, what is in a zone of the asker is not there. */
    private Answered elsewhere(Optional<String> zone) {
        if (forwards && query.recursion()) {
            return new Answered.Elsewhere();
        }
        return here(zone.map(z -> nothing(false, z)).orElseGet(() -> query.reply(Rcode.REFUSED)));
    }

    private Message meaning(Record question, String name, List<IpAddress> addresses) {
        List<Record> records = new ArrayList<>();
        for (IpAddress address : addresses) {
            int type = address.family() == IpFamily.IPV4 ? Type.A : Type.AAAA;
            if (question.getType() == type || question.getType() == Type.ANY) {
                records.add(record(question.getName(), address));
            }
        }
        if (records.isEmpty()) {
            String zone = isIn(name, names.domain())
                    ? names.domain()
                    : names.tenantDomain(name).orElse(name);
            return nothing(true, zone);
        }
        Message message = authoritative(Rcode.NOERROR);
        records.forEach(record -> message.addRecord(record, Section.ANSWER));
        return message;
    }

    private static Record record(Name owner, IpAddress address) {
        try {
            InetAddress inet = InetAddress.getByAddress(address.toBytes());
            return address.isIpv4()
                    ? new ARecord(owner, DClass.IN, TTL, inet)
                    : new AAAARecord(owner, DClass.IN, TTL, inet);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("addresses have 4 or 16 bytes", e);
        }
    }

    private Answered reverse(Record question, String name, ReverseName reverse) {
        Optional<String> found = reverse.address().flatMap(names::name);
        if (found.isPresent()) {
            if (question.getType() != Type.PTR && question.getType() != Type.ANY) {
                return here(nothing(true, ReverseName.zone(name)));
            }
            Message message = authoritative(Rcode.NOERROR);
            message.addRecord(new PTRRecord(question.getName(), DClass.IN, TTL, name(found.get())), Section.ANSWER);
            return here(message);
        }
        if (names.isOwn(reverse.block())) {
            return here(nothing(reverse.address().isEmpty(), ReverseName.zone(name)));
        }
        if (names.holdsOwn(reverse.block()) || reverse.isPrivate()) {
            return here(nothing(names.holdsOwn(reverse.block()), ReverseName.zone(name)));
        }
        return elsewhere(Optional.empty());
    }

    private static boolean isIn(String name, String domain) {
        return !domain.isEmpty() && (name.equals(domain) || name.endsWith("." + domain));
    }

    /** That there is nothing of this type, or nothing of this name at all, and for how long (RFC 2308). */
    private Message nothing(boolean exists, String zone) {
        Message message = authoritative(exists ? Rcode.NOERROR : Rcode.NXDOMAIN);
        message.addRecord(soa(name(zone), NEGATIVE_TTL), Section.AUTHORITY);
        return message;
    }

    private Message authoritative(int rcode) {
        Message message = query.reply(rcode);
        message.getHeader().setFlag(Flags.AA);
        return message;
    }

    /** Nobody transfers the zone, so its numbers say nothing but how long absence may be remembered. */
    private static Record soa(Name zone, int ttl) {
        return new SOARecord(zone, DClass.IN, ttl, zone, zone, 1, 3600, 600, 86_400, NEGATIVE_TTL);
    }

    private static Name name(String text) {
        try {
            return Name.fromString(text);
        } catch (TextParseException e) {
            throw new IllegalStateException(text + " was a name before", e);
        }
    }
}
