package io.weft.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.model.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReportCodecTest {
    private static final Enrolment.Request REQUEST = new Enrolment.Request(
            "s3cret", "host-1", "-----BEGIN CERTIFICATE REQUEST-----\n", List.of(IpAddress.parse("192.0.2.1")));

    @Test
    void reportsAndEnrolmentsAreReadAsTheyWereWritten() throws ProtocolException {
        assertThat(ReportCodec.decodeReport(ReportCodec.encode(Samples.REPORT))).isEqualTo(Samples.REPORT);
        assertThat(ReportCodec.decodeEnrolmentRequest(ReportCodec.encode(REQUEST)))
                .isEqualTo(REQUEST);
        Enrolment.Answer answer = new Enrolment.Answer("certificate", "ca");
        assertThat(ReportCodec.decodeEnrolmentAnswer(ReportCodec.encode(answer)))
                .isEqualTo(answer);
    }

    @Test
    void theTokenIsNotPrinted() {
        assertThat(REQUEST.toString()).contains("host-1").doesNotContain("s3cret");
    }

    @Test
    void theTextIsAsDocumented() {
        assertThat(new String(ReportCodec.encode(Samples.REPORT), StandardCharsets.UTF_8))
                .isEqualTo("{\"revision\":123,\"agentVersion\":\"0.1.0\",\"full\":true,\"ports\":["
                        + "{\"portId\":\"00000000-0000-0000-0000-000000000004\",\"state\":\"UP\"},"
                        + "{\"portId\":\"00000000-0000-0000-0000-000000000002\",\"state\":\"ERROR\","
                        + "\"detail\":\"no such device\"}],\"problems\":[\"the clock jumps\"],"
                        + "\"claims\":[{\"portId\":\"00000000-0000-0000-0000-000000000004\",\"address\":\"2001:db8::100\","
                        + "\"mac\":\"fa:16:3e:00:00:01\"}],\"physicalNetworks\":[\"physnet1\",\"physnet2\"]}");
    }

    @Test
    void aNodeThatHasNoPhysicalNetworkAnyMoreSaysSo() throws ProtocolException {
        NodeReport none =
                new NodeReport(1, "0.1.0", false, List.of(), List.of(), Optional.empty(), Optional.of(List.of()));
        NodeReport asBefore = new NodeReport(1, "0.1.0", false, List.of(), List.of());
        assertThat(ReportCodec.decodeReport(ReportCodec.encode(none)).physicalNetworks())
                .contains(List.of());
        assertThat(ReportCodec.decodeReport(ReportCodec.encode(asBefore)).physicalNetworks())
                .isEmpty();
    }

    @Test
    void physicalNetworksWithoutANameAreRefused() {
        String report = new String(ReportCodec.encode(Samples.REPORT), StandardCharsets.UTF_8);
        for (String wrong : List.of("", "x".repeat(65))) {
            assertThatThrownBy(() -> ReportCodec.decodeReport(
                            report.replace("physnet1", wrong).getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void changedBodiesAreReadOrRefusedAndNothingElse() {
        Random random = new Random(11);
        byte[] report = ReportCodec.encode(Samples.REPORT);
        byte[] request = ReportCodec.encode(REQUEST);
        int refused = 0;
        for (int round = 0; round < 8_000; round++) {
            try {
                ReportCodec.decodeReport(Mutations.change(random, report));
                ReportCodec.decodeEnrolmentRequest(Mutations.change(random, request));
            } catch (ProtocolException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }
}
