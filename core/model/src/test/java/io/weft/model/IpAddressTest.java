package io.weft.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1",
        "255.255.255.255, 255.255.255.255",
        "::, ::",
        "::1, ::1",
        "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "fe80:0:0:0:0:0:0:0, fe80::",
        "1:0:0:2:0:0:0:3, 1:0:0:2::3",
        "::ffff:10.1.2.3, ::ffff:10.1.2.3",
    })
    void textIsReadAndWrittenInItsCanonicalForm(String text, String canonical) {
        assertThat(IpAddress.parse(text)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.4.5",
                "01.2.3.4",
                "1.2.3.256",
                "1.2.3.x",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "g::",
                "12345::",
                ":1",
                "1:",
                "fe80::1%eth0",
                "\u0661.2.3.4"
            })
    void whatIsNoAddressIsRefusedByName(String text) {
        assertThatThrownBy(() -> IpAddress.parse(text))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("is not a valid IP address");
    }

    @Test
    void bytesAndTextAgreeWithTheJdk() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                java.util.Arrays.fill(bytes, 0, bytes.length / 2, (byte) 0);
            }
            IpAddress address = IpAddress.ofBytes(bytes);
            assertThat(address.toBytes()).isEqualTo(bytes);
            assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
            assertThat(InetAddress.getByName(address.toString()).getAddress())
                    .isEqualTo(
                            bytes.length == 4 || address.toString().startsWith("::ffff:")
                                    ? InetAddress.getByAddress(bytes).getAddress()
                                    : bytes);
        }
    }

    @Test
    void addingCarriesFromTheLowerHalfIntoTheUpper() {
        assertThat(IpAddress.parse("2001:db8::ffff:ffff:ffff:ffff").plus(1)).hasToString("2001:db8:0:1::");
        assertThat(IpAddress.parse("2001:db8:0:1::").plus(-1)).hasToString("2001:db8::ffff:ffff:ffff:ffff");
        assertThat(IpAddress.parse("10.0.0.255").plus(1)).hasToString("10.0.1.0");
    }

    @Test
    void aPrefixKnowsItsEnds() {
        assertThat(IpPrefix.parse("10.0.0.77/24")).hasToString("10.0.0.0/24");
        assertThat(IpPrefix.parse("10.0.0.0/24").last()).hasToString("10.0.0.255");
        assertThat(IpPrefix.parse("10.0.0.1/32").last()).hasToString("10.0.0.1");
        assertThat(IpPrefix.parse("0.0.0.0/0").last()).hasToString("255.255.255.255");
        assertThat(IpPrefix.parse("2001:db8::/32").last()).hasToString("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
        assertThat(IpPrefix.parse("2001:db8::/64").last()).hasToString("2001:db8::ffff:ffff:ffff:ffff");
        assertThat(IpPrefix.parse("2001:db8::1/128").last()).hasToString("2001:db8::1");
        assertThat(IpPrefix.parse("::/0").last()).hasToString("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
        assertThat(IpPrefix.parse("10.0.0.0/8").contains(IpAddress.parse("10.255.0.1")))
                .isTrue();
        assertThat(IpPrefix.parse("10.0.0.0/8").contains(IpAddress.parse("11.0.0.0")))
                .isFalse();
        assertThat(IpPrefix.parse("10.0.0.0/8").overlaps(IpPrefix.parse("10.1.0.0/16")))
                .isTrue();
    }

    @Test
    void slaacFlipsTheUniversalBit() {
        assertThat(MacAddress.parse("fa:16:3e:00:00:01").eui64Address(IpPrefix.parse("2001:db8::/64")))
                .hasToString("2001:db8::f816:3eff:fe00:1");
    }
}
