package io.weft.responders.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class HostileMessagesTest {
    private static final int ID = 4711;

    private final TwoTenants tenants = new TwoTenants();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    private static byte[] question(String name, int type, boolean extended) throws IOException {
        Message message = Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN));
        if (extended) {
            message.addRecord(new OPTRecord(4096, 0, 0, 0x8000), Section.ADDITIONAL);
        }
        return message.toWire();
    }

    private static List<byte[]> questions() throws IOException {
        List<byte[]> questions = new ArrayList<>();
        for (int type : new int[] {Type.A, Type.AAAA, Type.PTR, Type.ANY}) {
            for (String name : List.of(
                    "www.cloud.example.",
                    "host-10-0-0-6.cloud.example.",
                    "5.0.0.10.in-addr.arpa.",
                    "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.",
                    "a.very.long.name.that.is.nowhere.example.org.",
                    ".")) {
                questions.add(question(name, type, type != Type.PTR));
            }
        }
        return questions;
    }

    private byte[] changed(byte[] bytes) {
        byte[] copy = bytes.clone();
        for (int flips = random.nextInt(6); flips >= 0; flips--) {
            int at = random.nextInt(copy.length);
            // Compression points and lengths are where readers stumble.
            copy[at] = (byte) (random.nextInt(3) == 0 ? 0xc0 | random.nextInt(64) : random.nextInt());
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(copy, random.nextInt(copy.length + 40)) : copy;
    }

    @Test
    void changedQuestionsAreAnsweredWithinTheirBoundsOrNotAtAll() throws IOException {
        System.out.println("seed " + seed);
        List<byte[]> questions = questions();
        int answered = 0;
        for (int round = 0; round < 100_000; round++) {
            Optional<Query> query = Query.parse(changed(questions.get(round % questions.size())));
            if (query.isEmpty()) {
                continue;
            }
            boolean forwards = random.nextBoolean();
            switch (DnsResponder.answer(query.get(), tenants.red(), forwards)) {
                case Answered.Here(Message message) -> {
                    assertThat(query.get().bytes(message, true)).hasSizeLessThanOrEqualTo(1232);
                    assertThat(query.get().bytes(message, false)).hasSizeGreaterThanOrEqualTo(12);
                    answered++;
                }
                case Answered.Elsewhere() -> {
                    assertThat(forwards).isTrue();
                    assertThat(Upstream.request(query.get(), ID)).hasSizeBetween(12, 512);
                }
            }
        }
        assertThat(answered).isPositive();
    }

    @Test
    void changedAnswersOfResolversReachTheGuestWithinItsBoundsOrNotAtAll() throws IOException {
        System.out.println("seed " + seed);
        byte[] asked = question("www.example.org.", Type.A, true);
        Query query = Query.parse(asked).orElseThrow();
        Message answer = new Message(ID);
        answer.getHeader().setFlag(Flags.QR);
        answer.addRecord(query.question().orElseThrow(), Section.QUESTION);
        Name owner = Name.fromString("www.example.org.");
        for (String text : List.of("192.0.2.1", "192.0.2.2")) {
            answer.addRecord(Record.fromString(owner, Type.A, DClass.IN, 60, text, Name.root), Section.ANSWER);
        }
        answer.addRecord(
                Record.fromString(owner, Type.TXT, DClass.IN, 60, "\"" + "x".repeat(200) + "\"", Name.root),
                Section.ANSWER);
        answer.addRecord(
                Record.fromString(owner, Type.MX, DClass.IN, 60, "10 mail.example.org.", Name.root),
                Section.ADDITIONAL);
        answer.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
        byte[] bytes = answer.toWire();
        int taken = 0;
        for (int round = 0; round < 100_000; round++) {
            byte[] changed = changed(bytes);
            if (changed.length > 2) {
                changed[0] = bytes[0];
                changed[1] = bytes[1];
            }
            Optional<Message> message = Upstream.answer(changed, query, ID);
            if (message.isPresent()) {
                taken++;
                Message reply = Upstream.reply(message.get(), query);
                assertThat(query.bytes(reply, true)).hasSizeLessThanOrEqualTo(1232);
                assertThat(query.bytes(reply, false)).hasSizeGreaterThanOrEqualTo(12);
            }
        }
        assertThat(taken).isPositive();
    }

    @Test
    void randomBytesAreSurvived() {
        System.out.println("seed " + seed);
        for (int round = 0; round < 100_000; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            Query.parse(bytes)
                    .ifPresent(query -> assertThat(DnsResponder.answer(query, tenants.red(), false))
                            .isInstanceOf(Answered.Here.class));
        }
    }
}
