package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Certificates that hold for seconds: renewed under traffic, revoked, and over. */
class RenewalTest {
    private static final Pattern LOSS = Pattern.compile("(\\d+) packets transmitted, (\\d+) received");

    @Test
    void aNodeRenewsItsCertificateUnderTrafficAndNeedsATokenWhenItIsAwayForTooLong() throws Exception {
        try (Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4)) {
            ServerProcess server = cloud.addServerWithSettings(
                    List.of("identity.certificate-lifetime = 20s", "agents.heartbeat = 500ms"));
            Host one = cloud.addHost("host1");
            Host two = cloud.addHost("host2");
            Api api = cloud.api("tenant");
            String network =
                    api.create("network", Map.of("name", "web")).get("id").asString();
            api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.0.0.0/24"));
            Workload client = started(one, "client", port(api, network, one, "10.0.0.11"));
            started(two, "peer", port(api, network, two, "10.0.0.12"));
            Wait.until("the workloads to reach each other", () -> client.pings("10.0.0.12"));
            Background ping = client.start("ping", "-n", "-i", "0.01", "10.0.0.12");
            Wait.until("ping to begin", () -> ping.output().contains("bytes from"));

            X509Certificate first = certificate(one);
            Wait.until(
                    "two more certificates, and the end of the first",
                    Duration.ofMinutes(3),
                    () -> count(one, "certificate renewed") >= 2
                                    && Instant.now().isAfter(first.getNotAfter().toInstant())
                            ? Optional.of(true)
                            : Optional.empty());
            // The stream that began with the first certificate ends with it, and the next one goes on where it stopped.
            Wait.until("the next stream", () -> count(one, "stream begins") >= 2);
            String late = port(api, network, one, "10.0.0.13");
            started(one, "late", late);
            cloud.awaitActive(api, List.of(late));
            assertThat(Instant.now()).isBefore(certificate(one).getNotAfter().toInstant());

            revokedWhenTheNodeIsSetUpAnew(server, one);
            overWhenTheNodeWasAwayForTooLong(server, two);

            Shell.run("kill", "-INT", Long.toString(ping.pid()));
            Wait.until("ping to end", () -> !ping.isAlive());
            Matcher matcher = LOSS.matcher(ping.output());
            assertThat(matcher.find()).as(ping.output()).isTrue();
            int sent = Integer.parseInt(matcher.group(1));
            assertThat(sent).isGreaterThan(1_000);
            // The last request may still be on its way when ping is told to end.
            assertThat(Integer.parseInt(matcher.group(2))).as("of " + sent).isGreaterThanOrEqualTo(sent - 1);
        }
    }

    private static void revokedWhenTheNodeIsSetUpAnew(ServerProcess server, Host host) throws IOException {
        int renewals = count(host, "certificate renewed");
        Wait.until("a fresh certificate", () -> count(host, "certificate renewed") > renewals);
        Path copied = host.directory().resolve("copied.pem");
        Files.copy(identity(host), copied, StandardCopyOption.REPLACE_EXISTING);
        assertThat(answer(server, host, copied)).isEqualTo("200");
        host.agent().stop();
        Files.delete(identity(host));
        host.startAgent(Optional.of(server.createToken(host.name())));
        Wait.until("the node to be enrolled anew", () -> count(host, "node enrolled") >= 2);
        assertThat(answer(server, host, copied)).isNotEqualTo("200");
    }

    private static void overWhenTheNodeWasAwayForTooLong(ServerProcess server, Host host) throws Exception {
        host.agent().stop();
        Instant end = certificate(host).getNotAfter().toInstant();
        Wait.until("the certificate to be over", () -> Instant.now().isAfter(end));
        host.startAgent();
        Wait.until("the agent to end", () -> !host.agent().isAlive());
        assertThat(host.agent().output())
                .contains("the certificate of this node has expired")
                .contains("weft token create --host " + host.name());
        int streams = count(host, "stream begins");
        host.startAgent(Optional.of(server.createToken(host.name())));
        Wait.until("the node to be back", () -> count(host, "stream begins") > streams);
    }

    /** What the server says to who shows this identity and asks for the host's stream. */
    private static String answer(ServerProcess server, Host host, Path identity) {
        Shell.Result result = Shell.attempt(
                Duration.ofSeconds(20),
                "",
                List.of(
                        "curl",
                        "--silent",
                        "--insecure",
                        "--max-time",
                        "3",
                        "--cert",
                        identity.toString(),
                        "--output",
                        "/dev/null",
                        "--write-out",
                        "%{http_code}",
                        server.agents() + "/v1/stream/" + host.name()));
        return result.output().strip();
    }

    private static Path identity(Host host) {
        return host.directory().resolve("state/identity.pem");
    }

    private static X509Certificate certificate(Host host) throws IOException, CertificateException {
        String text = Files.readString(identity(host));
        try (InputStream in = new ByteArrayInputStream(
                text.substring(text.indexOf("-----BEGIN CERTIFICATE")).getBytes(StandardCharsets.US_ASCII))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static int count(Host host, String what) {
        return host.agent().output().split(Pattern.quote(what), -1).length - 1;
    }

    private static Workload started(Host host, String name, String port) {
        Workload workload = host.attach(name, port);
        workload.dhcp();
        workload.awaitAddresses(1);
        return workload;
    }

    private static String port(Api api, String network, Host host, String address) {
        return api.create(
                        "port",
                        Map.of(
                                "network_id", network,
                                "fixed_ips", List.of(Map.of("ip_address", address)),
                                "binding:host_id", host.name()))
                .get("id")
                .asString();
    }
}
