package io.weft.agent.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CniRequestTest {
    private static final UUID PORT = new UUID(3, 4);
    private static final String MARKS = "\0={}[]\",:;/ 0a";
    private static final String CONFIGURATION = """
            {"cniVersion": "1.0.0", "name": "pods", "type": "weft", "network": "web", "security_groups": ["a", "b"],
             "qos_policy": "gold", "default_route": false, "args": {"weft": {"subnet": "s"}, "cni": {"x": 1}},
             "prevResult": {"ips": [{"address": "10.0.0.5/24"}]},
             "cni.dev/valid-attachments": [{"containerID": "c", "ifname": "eth0"}]}""";

    private static byte[] body(String configuration, String... environment) {
        return (String.join("\0", environment) + "\0\0" + configuration).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] whole() {
        return body(
                CONFIGURATION,
                "CNI_COMMAND=ADD",
                "CNI_CONTAINERID=c1",
                "CNI_NETNS=/run/netns/a",
                "CNI_IFNAME=eth0",
                "CNI_ARGS=IgnoreUnknown=1;K8S_POD_UID=u;IP=10.0.0.5/24,fd00::5;WEFT_PORT=" + PORT);
    }

    @Test
    void aRequestIsTheEnvironmentAndTheConfiguration() {
        CniRequest request = CniRequest.read(whole());
        assertThat(request.command()).isEqualTo(CniRequest.Command.ADD);
        assertThat(request.key()).isEqualTo(new AttachmentKey("c1", "eth0"));
        assertThat(request.namespace()).hasToString("/run/netns/a");
        assertThat(request.sandbox()).isEqualTo("u");
        assertThat(request.port()).contains(PORT);
        assertThat(request.addresses()).containsExactly(IpAddress.parse("10.0.0.5"), IpAddress.parse("fd00::5"));
        CniConfiguration configuration = request.configuration();
        assertThat(configuration.network()).contains("web");
        assertThat(configuration.subnets()).containsExactly("s");
        assertThat(configuration.securityGroups()).containsExactly("a", "b");
        assertThat(configuration.qosPolicy()).contains("gold");
        assertThat(configuration.defaultRoute()).contains(false);
        assertThat(configuration.previous()).isPresent();
        assertThat(configuration.valid()).containsExactly(new AttachmentKey("c", "eth0"));
    }

    @Test
    void capabilitiesOfTheRuntimeGoBeforeArguments() {
        CniRequest request =
                CniRequest.read(body("""
                {"cniVersion": "1.0.0", "name": "pods", "type": "weft",
                 "runtimeConfig": {"ips": ["10.0.0.7/24", "fd00::7"], "mac": "02:00:00:00:00:07"}}""", "CNI_COMMAND=ADD", "CNI_ARGS=IP=10.0.0.5;MAC=02:00:00:00:00:05"));
        assertThat(request.addresses()).containsExactly(IpAddress.parse("10.0.0.7"), IpAddress.parse("fd00::7"));
        assertThat(request.mac()).contains(MacAddress.parse("02:00:00:00:00:07"));
        CniRequest wrong = CniRequest.read(body(
                "{\"cniVersion\": \"1.0.0\", \"name\": \"a\", \"runtimeConfig\": {\"ips\": [\"x\"]}}",
                "CNI_COMMAND=ADD"));
        assertThatThrownBy(wrong::addresses).hasMessageContaining("ips of runtimeConfig");
    }

    @Test
    void namesThatWouldLeadElsewhereAreRefused() {
        for (String container : List.of("", "../x", "a/b", ".a", "-", "a b", "a\n", "ä", "x".repeat(201))) {
            assertThatThrownBy(() -> new AttachmentKey(container, "eth0")).isInstanceOf(CniException.class);
        }
        for (String name : List.of("", ".", "..", "a/b", "a:b", "a b", "0123456789abcdef", "a\0", "ä")) {
            assertThatThrownBy(() -> new AttachmentKey("c", name)).isInstanceOf(CniException.class);
        }
        CniRequest relative = CniRequest.read(body(CONFIGURATION, "CNI_COMMAND=ADD", "CNI_NETNS=netns/a"));
        assertThatThrownBy(relative::namespace).hasMessageContaining("absolute");
    }

    @Test
    void bytesThatAreNoRequestAreRefusedInTheWordsOfCni() {
        Random random = new Random(7);
        byte[] whole = whole();
        for (int i = 0; i < 20_000; i++) {
            byte[] body = Arrays.copyOf(whole, random.nextInt(8) == 0 ? random.nextInt(whole.length) : whole.length);
            for (int changes = random.nextInt(6); changes > 0 && body.length > 0; changes--) {
                body[random.nextInt(body.length)] =
                        (byte) (random.nextBoolean() ? random.nextInt() : MARKS.charAt(random.nextInt(MARKS.length())));
            }
            try {
                CniRequest request = CniRequest.read(body);
                request.key();
                request.namespace();
                request.addresses();
                request.mac();
                request.port();
                request.sandbox();
            } catch (CniException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
        assertThatThrownBy(() -> CniRequest.read(body("[".repeat(100_000), "CNI_COMMAND=ADD")))
                .isInstanceOf(CniException.class);
    }
}
