package io.weft.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MessageCodecTest {
    private static Message decode(String line) throws ProtocolException {
        return MessageCodec.decode(line.getBytes(UTF_8));
    }

    private static List<Message> all() {
        List<Message> all = new ArrayList<>(Samples.PUTS);
        all.addAll(Samples.OTHERS);
        return all;
    }

    @Test
    void everyMessageIsReadAsItWasWritten() throws ProtocolException {
        for (Message message : all()) {
            byte[] line = MessageCodec.encode(message);
            assertThat(MessageCodec.decode(line)).isEqualTo(message);
            assertThat(line).endsWith('\n').isEqualTo(MessageCodec.encode(MessageCodec.decode(line)));
            assertThat(new String(line, ISO_8859_1).indexOf(10)).isEqualTo(line.length - 1);
        }
    }

    @Test
    void samplesCoverEveryTypeOfRecord() {
        assertThat(Samples.PUTS.stream().map(put -> put.fact().type())).contains(Fact.Type.values());
    }

    @Test
    void theTextIsAsDocumented() {
        assertThat(new String(MessageCodec.encode(put("endpoint/" + Samples.PORT)), UTF_8))
                .isEqualTo("{\"topic\":\"network/00000000-0000-0000-0000-000000000001\","
                        + "\"key\":\"endpoint/00000000-0000-0000-0000-000000000004\","
                        + "\"put\":{\"type\":\"endpoint\",\"portId\":\"00000000-0000-0000-0000-000000000004\","
                        + "\"networkId\":\"00000000-0000-0000-0000-000000000001\",\"host\":\"host-1\","
                        + "\"mac\":\"fa:16:3e:00:00:01\",\"addresses\":[\"10.0.0.5\",\"2001:db8:1::5\"],"
                        + "\"sharedPairs\":[{\"prefix\":\"10.0.9.0/24\",\"mac\":\"fa:16:3e:00:00:01\"}],"
                        + "\"portSecurity\":true,\"adminUp\":true,\"name\":\"www\",\"domain\":\"example.net.\"}}\n");
        assertThat(text(put("network")))
                .isEqualTo("{\"topic\":\"network/00000000-0000-0000-0000-000000000001\",\"key\":\"network\","
                        + "\"put\":{\"type\":\"network\",\"networkId\":\"00000000-0000-0000-0000-000000000001\","
                        + "\"vni\":100,\"mtu\":1450,\"adminUp\":true,"
                        + "\"project\":\"5ae5a5b1b3d24b8c8a8b0b5d0c4a1f7e\",\"domain\":\"cloud.example.\","
                        + "\"ownDomain\":\"example.org.\"}}\n");
        assertThat(new String(MessageCodec.encode(new Message.Commit(123, Samples.POSITION)), UTF_8))
                .isEqualTo("{\"commit\":{\"revision\":123,\"position\":"
                        + "\"00000000-0000-0000-0000-000000000009.1.123.abcdef0123456789\"}}\n");
        assertThat(new String(MessageCodec.encode(new Message.Alive(125)), UTF_8))
                .isEqualTo("{\"alive\":{\"revision\":125}}\n");
    }

    private static Message put(String key) {
        return Samples.PUTS.stream()
                .filter(put -> put.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    /** Who does not know such rules finds no direction in them, and refuses them instead of allowing what they deny. */
    @Test
    void aRuleThatDoesNotAllowHasItsDirectionUnderTheNameOfWhatItDoes() {
        assertThat(text(Samples.rule(15)))
                .contains("\"deny\":\"egress\",\"family\":6,")
                .doesNotContain("direction");
        assertThat(text(Samples.rule(16)))
                .contains("\"pass\":\"egress\",\"position\":3,\"family\":6,")
                .doesNotContain("direction");
        assertThat(Samples.PUTS.stream().map(MessageCodecTest::text))
                .anyMatch(text -> text.contains("\"stateful\":true,\"tier\":\"admin\",\"priority\":7}"));
    }

    @Test
    void theTextOfRulesIsAsDocumented() {
        String rule = "{\"topic\":\"group/00000000-0000-0000-0000-000000000006\","
                + "\"key\":\"rule/00000000-0000-0000-0000-0000000000%s\","
                + "\"put\":{\"type\":\"rule\",\"ruleId\":\"00000000-0000-0000-0000-0000000000%s\","
                + "\"groupId\":\"00000000-0000-0000-0000-000000000006\",\"direction\":\"ingress\",\"family\":4,%s}}\n";
        assertThat(text(Samples.rule(11)))
                .isEqualTo(rule.formatted("0b", "0b", "\"ports\":{\"any\":true},\"remote\":{\"any\":true}"));
        assertThat(text(Samples.rule(12)))
                .isEqualTo(
                        rule.formatted(
                                "0c",
                                "0c",
                                "\"protocol\":6,\"ports\":{\"first\":80,\"last\":443},\"remote\":{\"prefix\":\"192.0.2.0/24\"}"));
        assertThat(text(Samples.rule(13)))
                .isEqualTo(
                        rule.formatted(
                                "0d",
                                "0d",
                                "\"protocol\":1,\"ports\":{\"icmpType\":8,\"icmpCode\":0},\"remote\":{\"members\":\"00000000-0000-0000-0000-000000000006\"}"));
        assertThat(text(put("member/10.7.0.0/16")))
                .isEqualTo("{\"topic\":\"members/00000000-0000-0000-0000-000000000007\","
                        + "\"key\":\"member/10.7.0.0/16\","
                        + "\"put\":{\"type\":\"member\",\"name\":\"10.7.0.0/16\",\"addresses\":[\"10.7.0.0/16\"]}}\n");
        assertThat(text(put("group")))
                .isEqualTo(
                        "{\"topic\":\"group/00000000-0000-0000-0000-000000000006\",\"key\":\"group\",\"put\":{\"type\":\"group\",\"groupId\":\"00000000-0000-0000-0000-000000000006\",\"stateful\":true}}\n");
    }

    @Test
    void theTextOfWhatLeadsOutOfRoutersIsAsDocumented() {
        String record =
                "{\"topic\":\"router/00000000-0000-0000-0000-000000000003\",\"key\":\"%s\",\"put\":{\"type\":%s}}\n";
        String common = "\"routerId\":\"00000000-0000-0000-0000-000000000003\",";
        String behind = "\"gatewayId\":\"00000000-0000-0000-0000-000000000010\","
                + "\"networkId\":\"00000000-0000-0000-0000-000000000008\",\"mac\":\"fa:16:3e:00:00:01\",";
        assertThat(text(put("gateway/" + Samples.GATEWAY)))
                .isEqualTo(record.formatted(
                        "gateway/" + Samples.GATEWAY,
                        "\"gateway\",\"portId\":\"00000000-0000-0000-0000-000000000010\"," + common
                                + "\"networkId\":\"00000000-0000-0000-0000-000000000008\",\"mac\":\"fa:16:3e:00:00:01\","
                                + "\"addresses\":[{\"address\":\"203.0.113.9\",\"subnet\":\"203.0.113.0/24\"}],"
                                + "\"nextHops\":[\"203.0.113.1\"],\"snat\":true,\"transitVni\":102,"
                                + "\"hosts\":[\"host-2\",\"host-1\"],\"adminUp\":true"));
        assertThat(text(put("floating/" + Samples.FLOATING_IP)))
                .isEqualTo(record.formatted(
                        "floating/" + Samples.FLOATING_IP,
                        "\"floating\",\"floatingIpId\":\"00000000-0000-0000-0000-000000000011\"," + common + behind
                                + "\"floatingAddress\":\"203.0.113.20\","
                                + "\"portId\":\"00000000-0000-0000-0000-000000000004\",\"fixedAddress\":\"10.0.0.5\","
                                + "\"host\":\"host-1\""));
        assertThat(text(put("forwarding/" + Samples.FORWARDING)))
                .isEqualTo(record.formatted(
                        "forwarding/" + Samples.FORWARDING,
                        "\"forwarding\",\"forwardingId\":\"00000000-0000-0000-0000-000000000012\"," + common + behind
                                + "\"externalAddress\":\"203.0.113.21\",\"protocol\":6,"
                                + "\"externalPorts\":{\"first\":8080,\"last\":8089},\"internalAddress\":\"10.0.0.5\","
                                + "\"internalPorts\":{\"first\":80,\"last\":89}"));
    }

    @Test
    void whatLeadsOutOfRoutersMustBeRight() {
        String gateway = text(put("gateway/" + Samples.GATEWAY));
        String floating = text(put("floating/" + Samples.FLOATING_IP));
        String forwarding = text(put("forwarding/" + Samples.FORWARDING));
        for (String wrong : List.of(
                gateway.replace("\"transitVni\":102", "\"transitVni\":0"),
                gateway.replace("host-2", "host-1"),
                gateway.replace("{\"address\":\"203.0.113.9\",\"subnet\":\"203.0.113.0/24\"}", ""),
                gateway.replace("\"snat\":true,", ""),
                floating.replace("10.0.0.5", "2001:db8::5"),
                forwarding.replace("\"protocol\":6", "\"protocol\":1"),
                forwarding.replace("\"last\":89", "\"last\":88"),
                forwarding.replace("\"first\":80,\"last\":89", "\"first\":89,\"last\":80"),
                forwarding.replace("10.0.0.5", "2001:db8::5"))) {
            assertThat(wrong).isNotIn(gateway, floating, forwarding);
            assertThatThrownBy(() -> decode(wrong)).as(wrong).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void theTextOfServicesIsAsDocumented() {
        String record =
                "{\"topic\":\"network/00000000-0000-0000-0000-000000000001\",\"key\":\"%s\",\"put\":{\"type\":%s}}\n";
        assertThat(text(put("service/" + Samples.SERVICE)))
                .isEqualTo(record.formatted(
                        "service/" + Samples.SERVICE,
                        "\"service\",\"serviceId\":\"00000000-0000-0000-0000-000000000013\","
                                + "\"networkId\":\"00000000-0000-0000-0000-000000000001\","
                                + "\"portId\":\"00000000-0000-0000-0000-000000000016\",\"mac\":\"fa:16:3e:00:00:01\","
                                + "\"addresses\":[\"10.0.0.80\",\"2001:db8:1::80\"],\"protocol\":6,\"port\":80,"
                                + "\"poolId\":\"00000000-0000-0000-0000-000000000015\",\"affinity\":10800,"
                                + "\"locality\":\"local\",\"allowed\":[\"192.0.2.0/24\",\"2001:db8:2::/48\"],"
                                + "\"allowedScope\":\"floating\",\"nodeHealth\":\"shop/web\""));
        assertThat(text(put("service_member/" + Samples.SERVICE_MEMBER)))
                .isEqualTo(record.formatted(
                        "service_member/" + Samples.SERVICE_MEMBER,
                        "\"service_member\",\"memberId\":\"00000000-0000-0000-0000-000000000014\","
                                + "\"poolId\":\"00000000-0000-0000-0000-000000000015\",\"address\":\"10.0.0.5\","
                                + "\"port\":8080,\"weight\":0"));
    }

    @Test
    void servicesMustBeRight() {
        String service = text(put("service/" + Samples.SERVICE));
        String member = text(put("service_member/" + Samples.SERVICE_MEMBER));
        for (String wrong : List.of(
                service.replace("\"protocol\":6", "\"protocol\":1"),
                service.replace("\"port\":80", "\"port\":0"),
                service.replace("\"10.0.0.80\",\"2001:db8:1::80\"", ""),
                service.replace("10.0.0.80", "2001:db8:1::80"),
                service.replace("10800", "86401"),
                service.replace("192.0.2.0/24", "192.0.2.0/33"),
                service.replace("\"floating\"", "\"inside\""),
                member.replace("8080", "65536"),
                member.replace("\"weight\":0", "\"weight\":257"))) {
            assertThat(wrong).isNotIn(service, member);
            assertThatThrownBy(() -> decode(wrong)).as(wrong).isInstanceOf(ProtocolException.class);
        }
    }

    private static String text(Message message) {
        return new String(MessageCodec.encode(message), UTF_8);
    }

    @Test
    void aPortWithoutWordOfItsGroupsIsNotOneWithoutGroups() throws ProtocolException {
        String port = "{\"topic\":\"node/host-1\",\"key\":\"port/" + Samples.PORT
                + "\",\"put\":{\"type\":\"port\",\"portId\":\""
                + Samples.PORT + "\",\"networkId\":\"" + Samples.NETWORK
                + "\",\"adminUp\":true,\"mac\":\"fa:16:3e:00:00:01\",\"portSecurity\":true%s}}\n";
        assertThat(groups(port.formatted(""))).isEmpty();
        assertThat(groups(port.formatted(",\"securityGroups\":[]"))).contains(List.of());
        assertThat(text(decode(port.formatted("")))).isEqualTo(port.formatted(""));
        assertThat(text(decode(port.formatted(",\"securityGroups\":[]"))))
                .isEqualTo(port.formatted(",\"securityGroups\":[]"));
    }

    private static Optional<List<UUID>> groups(String line) throws ProtocolException {
        return ((LocalPort) ((Message.Put) decode(line)).fact()).securityGroups();
    }

    @Test
    void aRuleWhoseMeaningIsNotKnownIsRefused() {
        String rule = text(Samples.rule(12));
        for (String wrong : List.of(
                rule.replace("\"prefix\":\"192.0.2.0/24\"", "\"service\":\"dns\""),
                rule.replace("\"prefix\":\"192.0.2.0/24\"", "\"any\":false"),
                rule.replace("\"prefix\":\"192.0.2.0/24\"", "\"prefix\":\"2001:db8::/32\""),
                rule.replace("\"first\":80,\"last\":443", "\"flags\":2"),
                rule.replace("\"first\":80,\"last\":443", "\"first\":80,\"last\":79"),
                rule.replace("\"first\":80,\"last\":443", "\"first\":80,\"last\":65536"),
                rule.replace("\"protocol\":6,", ""),
                rule.replace("\"protocol\":6,", "\"protocol\":256,"),
                rule.replace("ingress", "inward"))) {
            assertThat(wrong).isNotEqualTo(rule);
            assertThatThrownBy(() -> decode(wrong)).as(wrong).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void theShortWaysGiveTheSameLines() {
        assertThat(MessageCodec.commitLine(Samples.POSITION))
                .isEqualTo(MessageCodec.encode(new Message.Commit(123, Samples.POSITION)));
        assertThat(MessageCodec.aliveLine(5)).isEqualTo(MessageCodec.encode(new Message.Alive(5)));
    }

    @Test
    void unknownFieldsArePassedOver() throws ProtocolException {
        assertThat(decode("{\"x\":[1,{\"y\":null}],\"batch\":{\"later\":1.5,\"full\":true}}"))
                .isEqualTo(new Message.BatchBegin(true));
        assertThat(decode("{\"put\":{\"adminUp\":true,\"colour\":\"red\",\"type\":\"router\",\"routerId\":\""
                        + Samples.ROUTER + "\"},\"key\":\"router\",\"topic\":\"router/" + Samples.ROUTER + "\"}"))
                .isEqualTo(new Message.Put(Topic.router(Samples.ROUTER), new RouterFact(Samples.ROUTER, true)));
    }

    @Test
    void unknownKindsArePassedOverWithANote() throws ProtocolException {
        assertThat(decode("{\"topic\":\"network/x\",\"key\":\"mirror/1\",\"put\":{\"type\":\"mirror\"}}"))
                .isEqualTo(new Message.Unknown("a record of type 'mirror'"));
        assertThat(decode("{\"join\":\"policy/x\"}")).isEqualTo(new Message.Unknown("the topic 'policy/x'"));
        assertThat(decode("{\"pause\":{}}")).isEqualTo(new Message.Unknown("a message with the fields 'pause'"));
    }

    @Test
    void whatIsKnownMustBeRight() {
        for (String line : List.of(
                "",
                "[]",
                "{",
                "{}{}",
                "{\"batch\":{}}",
                "{\"batch\":true}",
                "{\"batch\":{\"full\":1}}",
                "{\"join\":\"network/\"}",
                "{\"join\":\"x\"}",
                "{\"alive\":{\"revision\":-1}}",
                "{\"alive\":{\"revision\":1.5}}",
                "{\"alive\":{\"revision\":99999999999999999999}}",
                "{\"commit\":{\"revision\":1,\"position\":\"1.2.3\"}}",
                "{\"topic\":\"router/x\",\"key\":\"\",\"delete\":true}",
                "{\"topic\":\"router/x\",\"key\":\"router\",\"put\":{\"type\":\"router\"}}",
                "{\"topic\":\"router/x\",\"key\":\"route/x\",\"put\":{\"type\":\"router\",\"adminUp\":true,\"routerId\":\""
                        + Samples.ROUTER + "\"}}",
                "{\"topic\":\"network/x\",\"key\":\"network\",\"put\":{\"type\":\"network\",\"networkId\":\""
                        + Samples.NETWORK + "\",\"vni\":16777216,\"mtu\":1500,\"adminUp\":true}}",
                "{\"x\":".repeat(50) + "1" + "}".repeat(50),
                "{\"x\":\"" + "a".repeat(MessageCodec.MAX_LINE) + "\"}")) {
            assertThatThrownBy(() -> decode(line)).as(line).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void changedAndRandomBytesAreReadOrRefusedAndNothingElse() {
        Random random = new Random(7);
        List<Message> all = all();
        int read = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] line = MessageCodec.encode(all.get(random.nextInt(all.size())));
            byte[] changed = Mutations.change(random, line);
            try {
                Message message = MessageCodec.decode(changed);
                if (!(message instanceof Message.Unknown)) {
                    assertThat(MessageCodec.decode(MessageCodec.encode(message)))
                            .isEqualTo(message);
                    read++;
                }
            } catch (ProtocolException e) {
                assertThat(e).hasMessageNotContaining("\n");
            }
        }
        assertThat(read).isPositive();
    }
}
