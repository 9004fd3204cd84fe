package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.e2e.Throughput.Rate;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** QoS policies and rules through the API, and whether what is measured keeps to them. */
record QosRules(Api api) {
    static final String POLICIES = "/v2.0/qos/policies";

    /** How long to count. */
    static final Duration COUNTED = Duration.ofSeconds(2);

    /** How often to measure until a rate is reached, on a machine that is busy with other things. */
    static final int ATTEMPTS = 10;

    /** The part of a rate that is to be reached. */
    static final double LEAST = 0.95;

    /** A policy without rules; its id. */
    String policy() {
        return id(made(POLICIES, Map.of("policy", Map.of("name", "p"))).get("policy"));
    }

    /** A rule of a policy; its id. */
    String rule(String policy, String type, Map<String, ?> attributes) {
        return id(made(POLICIES + "/" + policy + "/" + type + "_rules", Map.of(type + "_rule", attributes))
                .get(type + "_rule"));
    }

    /** The attributes of a bandwidth limit. */
    static Map<String, ?> bandwidth(String direction, int kilobits, int burst) {
        return Map.of("max_kbps", kilobits, "max_burst_kbps", burst, "direction", direction);
    }

    /** The rule is never exceeded; it is reached within a twentieth, though not at once where a machine is busy. */
    static void assertThatItKeepsTo(int kilobits, int burstKilobits, Supplier<Rate> measured) {
        double best = 0;
        for (int i = 0; i < ATTEMPTS && best < LEAST * kilobits; i++) {
            double bits = measured.get().bits();
            assertThat(bits).isLessThan(most(kilobits, burstKilobits));
            best = Math.max(best, bits / 1000);
        }
        assertThat(best).as("kbit/s").isGreaterThan(LEAST * kilobits);
    }

    /** What a rule lets pass while it is counted, with a twentieth more; a sender that rested finds its burst again. */
    private static double most(double kilobits, double burstKilobits) {
        return 1.05 * kilobits * 1000 + burstKilobits * 1000 / COUNTED.toSeconds();
    }

    private JsonNode made(String path, Map<String, ?> body) {
        Api.Answer answer = api.call("POST", path, body);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
        return answer.body();
    }

    private static String id(JsonNode node) {
        return node.get("id").asString();
    }
}
