package io.weft.responders.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class DnsResponderTest {
    private final TwoTenants tenants = new TwoTenants();

    private static Message question(String name, int type) throws IOException {
        return Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN));
    }

    private static Query query(Message message) {
        return Query.parse(message.toWire()).orElseThrow();
    }

    /** The answer as the guest reads it. */
    private static Message answer(Message question, Names names, boolean forwards) throws IOException {
        Query query = query(question);
        Answered answered = DnsResponder.answer(query, names, forwards);
        assertThat(answered).isInstanceOf(Answered.Here.class);
        Message answer = new Message(query.bytes(((Answered.Here) answered).message(), true));
        assertThat(answer.getHeader().getID()).isEqualTo(question.getHeader().getID());
        assertThat(answer.getHeader().getFlag(Flags.QR)).isTrue();
        return answer;
    }

    private Message ask(String name, int type) throws IOException {
        return answer(question(name, type), tenants.red(), false);
    }

    private static List<String> values(Message answer, int section) {
        return answer.getSection(section).stream()
                .map(record -> record.getName() + " " + Type.string(record.getType()) + " " + record.rdataToString())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "www.cloud.example., A, 'www.cloud.example. A 10.0.0.5;www.cloud.example. A 10.0.1.6'",
        "www.cloud.example., AAAA, www.cloud.example. AAAA 2001:db8:1:0:0:0:0:5",
        "WwW.Cloud.EXAMPLE., AAAA, WwW.Cloud.EXAMPLE. AAAA 2001:db8:1:0:0:0:0:5",
        "www.red.example., A, www.red.example. A 10.0.0.5",
        "host-10-0-0-6.cloud.example., A, host-10-0-0-6.cloud.example. A 10.0.0.6",
        "5.0.0.10.in-addr.arpa., PTR, 5.0.0.10.in-addr.arpa. PTR www.cloud.example.",
        "6.0.0.10.IN-ADDR.ARPA., PTR, 6.0.0.10.IN-ADDR.ARPA. PTR host-10-0-0-6.cloud.example.",
        "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa., PTR, "
                + "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR www.cloud.example.",
    })
    void namesAndAddressesAreAnsweredWithAuthority(String name, String type, String expected) throws IOException {
        Message answer = ask(name, Type.value(type));
        assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(answer.getHeader().getFlag(Flags.AA)).isTrue();
        assertThat(String.join(";", values(answer, Section.ANSWER))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // There is nothing of the type.
        "www.cloud.example., MX, NOERROR, cloud.example.",
        "db.cloud.example., AAAA, NOERROR, cloud.example.",
        "cloud.example., A, NOERROR, cloud.example.",
        "deep.cloud.example., A, NOERROR, cloud.example.",
        "www.red.example., TXT, NOERROR, red.example.",
        "5.0.0.10.in-addr.arpa., A, NOERROR, 0.0.10.in-addr.arpa.",
        "0.0.10.in-addr.arpa., PTR, NOERROR, 0.0.10.in-addr.arpa.",
        "10.in-addr.arpa., PTR, NOERROR, 10.in-addr.arpa.",
        // There is nothing of the name.
        "nobody.cloud.example., A, NXDOMAIN, cloud.example.",
        "secret.cloud.example., A, NXDOMAIN, cloud.example.",
        "nobody.red.example., A, NXDOMAIN, red.example.",
        "9.0.0.10.in-addr.arpa., PTR, NXDOMAIN, 0.0.10.in-addr.arpa.",
        "1.2.168.192.in-addr.arpa., PTR, NXDOMAIN, 2.168.192.in-addr.arpa.",
        "253.169.254.169.in-addr.arpa., PTR, NXDOMAIN, 169.254.169.in-addr.arpa.",
        "300.0.0.10.in-addr.arpa., PTR, REFUSED, ''",
    })
    void whatIsNotThereIsSaidWithTheZonesAuthority(String name, String type, String rcode, String zone)
            throws IOException {
        Message answer = ask(name, Type.value(type));
        assertThat(Rcode.string(answer.getRcode())).isEqualTo(rcode);
        assertThat(answer.getSection(Section.ANSWER)).isEmpty();
        assertThat(answer.getSection(Section.AUTHORITY).stream()
                        .map(record -> record.getName().toString())
                        .toList())
                .isEqualTo(zone.isEmpty() ? List.of() : List.of(zone));
    }

    @Test
    void privateReverseNamesAndTheOperatorsDomainAreNeverAskedElsewhere() throws IOException {
        for (String name : List.of(
                "nobody.cloud.example.",
                "9.0.0.10.in-addr.arpa.",
                "1.2.168.192.in-addr.arpa.",
                "1.0.254.169.in-addr.arpa.",
                "c.f.ip6.arpa.",
                "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa.")) {
            assertThat(DnsResponder.answer(query(question(name, Type.PTR)), tenants.red(), true))
                    .as(name)
                    .isInstanceOf(Answered.Here.class);
        }
        for (String name : List.of("www.example.org.", "nobody.red.example.", "1.1.1.1.in-addr.arpa.", "org.")) {
            assertThat(DnsResponder.answer(query(question(name, Type.A)), tenants.red(), true))
                    .as(name)
                    .isInstanceOf(Answered.Elsewhere.class);
        }
    }

    @Test
    void withoutResolversWhatIsNotKnownIsRefusedAndSoItIsWithoutTheWishForRecursion() throws IOException {
        assertThat(ask("www.example.org.", Type.A).getRcode()).isEqualTo(Rcode.REFUSED);
        Message question = question("www.example.org.", Type.A);
        question.getHeader().unsetFlag(Flags.RD);
        assertThat(answer(question, tenants.red(), true).getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(answer(question("www.cloud.example.", Type.A), Names.NONE, false)
                        .getRcode())
                .isEqualTo(Rcode.REFUSED);
    }

    @Test
    void whatIsNoPlainQuestionIsRefusedAsWhatItIs() throws IOException {
        Message update = question("www.cloud.example.", Type.A);
        update.getHeader().setOpcode(Opcode.UPDATE);
        assertThat(answer(update, tenants.red(), true).getRcode()).isEqualTo(Rcode.NOTIMP);
        Message empty = new Message(7);
        assertThat(answer(empty, tenants.red(), true).getRcode()).isEqualTo(Rcode.FORMERR);
        for (int type : new int[] {Type.AXFR, Type.IXFR}) {
            assertThat(ask("cloud.example.", type).getRcode()).isEqualTo(Rcode.REFUSED);
        }
        Message chaos = Message.newQuery(Record.newRecord(Name.fromString("version.bind."), Type.TXT, DClass.CH));
        assertThat(answer(chaos, tenants.red(), true).getRcode()).isEqualTo(Rcode.REFUSED);
        Message future = question("www.cloud.example.", Type.A);
        future.addRecord(new OPTRecord(1232, 0, 1), Section.ADDITIONAL);
        assertThat(answer(future, tenants.red(), true).getRcode()).isEqualTo(Rcode.BADVERS);
        assertThat(values(ask("cloud.example.", Type.SOA), Section.ANSWER)).hasSize(1);
        Message answer = question("www.cloud.example.", Type.A);
        answer.getHeader().setFlag(Flags.QR);
        assertThat(Query.parse(answer.toWire())).as("an answer").isEmpty();
    }

    @Test
    void anAnswerThatDoesNotFitIsCutAndSaysSo() throws IOException {
        for (int i = 0; i < 200; i++) {
            tenants.called(TwoTenants.RED, "10.0.0." + (20 + i), "many", "");
        }
        Message plain = question("many.cloud.example.", Type.A);
        Query query = query(plain);
        Message whole = ((Answered.Here) DnsResponder.answer(query, tenants.red(), false)).message();
        assertThat(query.bytes(whole, true)).hasSizeLessThanOrEqualTo(512);
        assertThat(new Message(query.bytes(whole, true)).getHeader().getFlag(Flags.TC))
                .isTrue();
        Message overConnection = new Message(query.bytes(whole, false));
        assertThat(overConnection.getHeader().getFlag(Flags.TC)).isFalse();
        assertThat(overConnection.getSection(Section.ANSWER)).hasSize(200);
        for (int size : new int[] {0, 512, 900, 65_535}) {
            Message extended = question("many.cloud.example.", Type.A);
            extended.addRecord(new OPTRecord(size, 0, 0), Section.ADDITIONAL);
            Query asked = query(extended);
            byte[] bytes =
                    asked.bytes(((Answered.Here) DnsResponder.answer(asked, tenants.red(), false)).message(), true);
            assertThat(bytes).hasSizeLessThanOrEqualTo(Math.clamp(size, 512, 1232));
            assertThat(Optional.ofNullable(new Message(bytes).getOPT())).isPresent();
        }
    }

    @Test
    void onlyWhatFitsTheQuestionIsTakenFromAnotherResolver() throws IOException {
        Message question = question("www.example.org.", Type.A);
        question.addRecord(new OPTRecord(1232, 0, 0, 0x8000), Section.ADDITIONAL);
        Query query = query(question);
        Message sent = new Message(Upstream.request(query, 4711));
        assertThat(sent.getHeader().getID()).isEqualTo(4711);
        assertThat(sent.getHeader().getFlag(Flags.RD)).isTrue();
        assertThat(sent.getOPT().getFlags() & 0x8000).isNotZero();
        Message answer = new Message(4711);
        answer.getHeader().setFlag(Flags.QR);
        answer.addRecord(query.question().orElseThrow(), Section.QUESTION);
        answer.addRecord(
                Record.fromString(Name.fromString("www.example.org."), Type.A, DClass.IN, 60, "192.0.2.1", Name.root),
                Section.ANSWER);
        answer.addRecord(new OPTRecord(512, 0, 0), Section.ADDITIONAL);
        Message taken = Upstream.answer(answer.toWire(), query, 4711).orElseThrow();
        Message reply = new Message(query.bytes(Upstream.reply(taken, query), true));
        assertThat(reply.getHeader().getID()).isEqualTo(question.getHeader().getID());
        assertThat(reply.getHeader().getFlag(Flags.RA)).isTrue();
        assertThat(reply.getHeader().getFlag(Flags.AA)).isFalse();
        assertThat(values(reply, Section.ANSWER)).containsExactly("www.example.org. A 192.0.2.1");
        assertThat(reply.getOPT().getPayloadSize()).isEqualTo(1232);

        assertThat(Upstream.answer(answer.toWire(), query, 4712)).isEmpty();
        assertThat(Upstream.answer(answer.toWire(), query(question("www.example.net.", Type.A)), 4711))
                .isEmpty();
        assertThat(Upstream.answer(answer.toWire(), query(question("www.example.org.", Type.AAAA)), 4711))
                .isEmpty();
        answer.getHeader().unsetFlag(Flags.QR);
        assertThat(Upstream.answer(answer.toWire(), query, 4711)).isEmpty();
    }
}
