package io.weft.responders.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.responders.NetworkView;
import io.weft.responders.PortView;
import io.weft.responders.SubnetView;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MetadataDocumentsTest {
    private static final SubnetView FOUR = subnet("10.0.0.0/24", "10.0.0.1", true, Ipv6Mode.NONE);
    private static final SubnetView SIX = subnet("2001:db8::/64", "2001:db8::1", false, Ipv6Mode.NONE);
    private static final Instance INSTANCE = instance("vm-1", "a-project");

    private static SubnetView subnet(String cidr, String gateway, boolean dhcp, Ipv6Mode mode) {
        return new SubnetView(
                IpPrefix.parse(cidr),
                Optional.of(IpAddress.parse(gateway)),
                dhcp,
                mode,
                mode,
                List.of(IpAddress.parse("192.0.2.53")),
                List.of());
    }

    private static Instance instance(String device, String project) {
        PortView port = new PortView(
                MacAddress.parse("fa:16:3e:00:00:05"),
                "host-10-0-0-5",
                List.of(
                        new PortView.Address(IpAddress.parse("10.0.0.5"), FOUR),
                        new PortView.Address(IpAddress.parse("2001:db8::5"), SIX)),
                List.of(),
                new NetworkView(1450, List.of(FOUR, SIX), List.of()));
        return new Instance(
                new UUID(0, 1), new UUID(0, 2), IpAddress.parse("10.0.0.5"), device, "compute:nova", project, port);
    }

    private static Optional<String> text(String path) {
        return MetadataDocuments.find(path, INSTANCE, Optional.of("#!/bin/sh".getBytes(StandardCharsets.UTF_8)))
                .map(document -> new String(document.content(), StandardCharsets.UTF_8));
    }

    @Test
    void theTreeOfAmazonsFormIsListedAndRead() {
        assertThat(text("/")).contains("latest\n");
        assertThat(text("/latest/")).contains("meta-data/\nuser-data\n");
        assertThat(text("/latest/meta-data/"))
                .contains("hostname\ninstance-id\nipv6\nlocal-hostname\nlocal-ipv4\nmac\nnetwork/");
        assertThat(text("/latest/meta-data/instance-id")).contains("vm-1");
        assertThat(text("/2009-04-04/meta-data/local-ipv4")).contains("10.0.0.5");
        assertThat(text("/latest/meta-data/network/interfaces/macs/")).contains("fa:16:3e:00:00:05/");
        assertThat(text("/latest/meta-data/network/interfaces/macs/fa:16:3e:00:00:05/subnet-ipv4-cidr-block"))
                .contains("10.0.0.0/24");
        assertThat(text("/latest/user-data")).contains("#!/bin/sh");
    }

    @Test
    void theDocumentsOfOpenStacksFormSayWhatThePortKnows() {
        assertThat(text("/openstack")).contains("2012-08-10\n2015-10-15\nlatest");
        assertThat(text("/openstack/latest/meta_data.json"))
                .contains("{\"uuid\":\"vm-1\",\"hostname\":\"host-10-0-0-5\",\"name\":\"host-10-0-0-5\","
                        + "\"project_id\":\"a-project\",\"launch_index\":0}");
        assertThat(text("/openstack/latest/network_data.json").orElseThrow())
                .contains("\"ethernet_mac_address\":\"fa:16:3e:00:00:05\",\"mtu\":1450")
                .contains("{\"id\":\"network0\",\"type\":\"ipv4_dhcp\",\"link\":\"port0\"")
                .contains("\"type\":\"ipv6\",\"link\":\"port0\",\"network_id\":\"" + new UUID(0, 2) + "\","
                        + "\"ip_address\":\"2001:db8::5\",\"netmask\":\"ffff:ffff:ffff:ffff::\"")
                .contains("\"gateway\":\"2001:db8::1\"")
                .contains("{\"type\":\"dns\",\"address\":\"192.0.2.53\"}");
        assertThat(text("/openstack/2012-08-10/user_data")).contains("#!/bin/sh");
    }

    @Test
    void whatIsNotKnownIsNotFound() {
        for (String path : List.of(
                "",
                "latest",
                "/latest/meta-data/public-keys",
                "/latest/meta-data/instance",
                "/latest/api/token",
                "/openstack/latest/vendor_data.json",
                "/openstack/2099-01-01/meta_data.json",
                "/openstack/latest/../latest/meta_data.json",
                "/" + "a/".repeat(400))) {
            assertThat(text(path)).as(path).isEmpty();
        }
        assertThat(MetadataDocuments.find("/latest/user-data", INSTANCE, Optional.empty()))
                .isEmpty();
        assertThat(MetadataDocuments.find("/openstack/latest/user_data", INSTANCE, Optional.empty()))
                .isEmpty();
    }

    @Test
    void aPortWithoutADeviceIsKnownByItsOwnId() {
        assertThat(instance("", "").id()).isEqualTo(new UUID(0, 1).toString());
        assertThat(instance("", "").isNovas()).isFalse();
    }

    @Test
    void noPathIsTooStrange() {
        Random random = new Random(5);
        String[] words = {
            "latest", "openstack", "meta-data", "/", "//", "..", "%2e", "network", "\u0000", "mac", "?", ""
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder path = new StringBuilder("/");
            for (int j = random.nextInt(6); j > 0; j--) {
                path.append(words[random.nextInt(words.length)]).append(random.nextBoolean() ? "/" : "");
            }
            assertThat(MetadataDocuments.find(path.toString(), INSTANCE, Optional.empty()))
                    .isNotNull();
        }
    }

    @Test
    void novaLearnsWhoAsksUnderItsSecret() {
        // The signature is what "printf vm-1 | openssl dgst -sha256 -hmac secret" gives.
        assertThat(NovaHeaders.of(INSTANCE, "secret"))
                .containsEntry("X-Instance-ID", "vm-1")
                .containsEntry("X-Tenant-ID", "a-project")
                .containsEntry("X-Project-ID", "a-project")
                .containsEntry("X-Forwarded-For", "10.0.0.5")
                .containsEntry(
                        "X-Instance-ID-Signature", "8d8df128f7f73330977b8bd71fc9442bf6c491ce9b938aa95d11265d36ce09f5");
    }
}
