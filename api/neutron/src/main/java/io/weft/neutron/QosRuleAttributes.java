package io.weft.neutron;

import io.weft.model.Direction;
import io.weft.model.QosRule;
import io.weft.neutron.QosRuleService.Shown;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kinds;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What the rules of one type say: attributes to the model and back. */
sealed interface QosRuleAttributes {
    /** Stands for the id that the domain gives. */
    UUID NO_ID = new UUID(0, 0);

    QosRule.Type type();

    List<Attribute<Shown, ?>> all();

    /** The rule of a create request. */
    QosRule read(Body body);

    /** A rule with what an update gives. */
    QosRule changed(QosRule before, Body body);

    /** Fresh attributes, since each resource needs its own. */
    static List<QosRuleAttributes> fresh() {
        return List.of(new Bandwidth(), new PacketRate(), new Dscp(), new Minimum());
    }

    private static Attribute<Shown, UUID> id() {
        return Attribute.<Shown, UUID>of(
                        "id", Values.UUID_KIND, shown -> shown.rule().id())
                .build();
    }

    private static Attribute<Shown, String> way() {
        return way(List.of(Direction.values()));
    }

    /** @param served the directions that there are rules for, which the model checks */
    private static Attribute<Shown, String> way(List<Direction> served) {
        List<String> ways =
                Arrays.stream(Direction.values()).map(Direction::text).toList();
        JsonSchema words = JsonSchema.words(served.stream().map(Direction::text).toList());
        return Attribute.<Shown, String>of(
                        "direction",
                        Kinds.oneOf(ways).narrowed(words),
                        shown -> shown.rule().direction().orElseThrow().text())
                .postAndPut()
                .byDefault(Direction.EGRESS.text())
                .build();
    }

    private static Direction direction(Optional<String> text, Direction otherwise) {
        return text.map(Direction::parse).orElse(otherwise);
    }

    /** Bandwidth limits. Zero, which Neutron takes and gives no meaning, is refused by the model. */
    final class Bandwidth implements QosRuleAttributes {
        private final Attribute<Shown, Long> rate = Attribute.<Shown, Long>of(
                        "max_kbps", Kinds.integer(1, QosRule.MAX_NUMBER), shown ->
                                (long) limit(shown).maxKbps())
                .required()
                .postAndPut()
                .build();
        private final Attribute<Shown, Long> burst = Attribute.<Shown, Long>of(
                        "max_burst_kbps", Kinds.integer(0, QosRule.MAX_NUMBER), shown ->
                                (long) limit(shown).maxBurstKbits())
                .postAndPut()
                .byDefault(0L)
                .build();
        private final Attribute<Shown, String> direction = way();

        private static QosRule.BandwidthLimit limit(Shown shown) {
            return (QosRule.BandwidthLimit) shown.rule();
        }

        @Override
        public QosRule.Type type() {
            return QosRule.Type.BANDWIDTH_LIMIT;
        }

        @Override
        public List<Attribute<Shown, ?>> all() {
            return List.of(id(), rate, burst, direction);
        }

        @Override
        public QosRule read(Body body) {
            return new QosRule.BandwidthLimit(
                    NO_ID,
                    Direction.parse(body.require(direction)),
                    body.require(rate).intValue(),
                    body.require(burst).intValue());
        }

        @Override
        public QosRule changed(QosRule before, Body body) {
            QosRule.BandwidthLimit old = (QosRule.BandwidthLimit) before;
            return new QosRule.BandwidthLimit(
                    old.id(),
                    QosRuleAttributes.direction(body.get(direction), old.way()),
                    body.get(rate).map(Long::intValue).orElse(old.maxKbps()),
                    body.get(burst).map(Long::intValue).orElse(old.maxBurstKbits()));
        }
    }

    /** Packet rate limits. */
    final class PacketRate implements QosRuleAttributes {
        private final Attribute<Shown, Long> rate = Attribute.<Shown, Long>of(
                        "max_kpps", Kinds.integer(1, QosRule.MAX_NUMBER), shown ->
                                (long) limit(shown).maxKpps())
                .required()
                .postAndPut()
                .build();
        private final Attribute<Shown, Long> burst = Attribute.<Shown, Long>of(
                        "max_burst_kpps", Kinds.integer(0, QosRule.MAX_NUMBER), shown ->
                                (long) limit(shown).maxBurstKpackets())
                .postAndPut()
                .byDefault(0L)
                .build();
        private final Attribute<Shown, String> direction = way();

        private static QosRule.PacketRateLimit limit(Shown shown) {
            return (QosRule.PacketRateLimit) shown.rule();
        }

        @Override
        public QosRule.Type type() {
            return QosRule.Type.PACKET_RATE_LIMIT;
        }

        @Override
        public List<Attribute<Shown, ?>> all() {
            return List.of(id(), rate, burst, direction);
        }

        @Override
        public QosRule read(Body body) {
            return new QosRule.PacketRateLimit(
                    NO_ID,
                    Direction.parse(body.require(direction)),
                    body.require(rate).intValue(),
                    body.require(burst).intValue());
        }

        @Override
        public QosRule changed(QosRule before, Body body) {
            QosRule.PacketRateLimit old = (QosRule.PacketRateLimit) before;
            return new QosRule.PacketRateLimit(
                    old.id(),
                    QosRuleAttributes.direction(body.get(direction), old.way()),
                    body.get(rate).map(Long::intValue).orElse(old.maxKpps()),
                    body.get(burst).map(Long::intValue).orElse(old.maxBurstKpackets()));
        }
    }

    /** Guarantees. That nothing is guaranteed of what is received, the model says. */
    final class Minimum implements QosRuleAttributes {
        private final Attribute<Shown, Long> rate = Attribute.<Shown, Long>of(
                        "min_kbps", Kinds.integer(1, QosRule.MAX_NUMBER), shown ->
                                (long) ((QosRule.MinimumBandwidth) shown.rule()).minKbps())
                .required()
                .postAndPut()
                .build();
        private final Attribute<Shown, String> direction = way(List.of(Direction.EGRESS));

        @Override
        public QosRule.Type type() {
            return QosRule.Type.MINIMUM_BANDWIDTH;
        }

        @Override
        public List<Attribute<Shown, ?>> all() {
            return List.of(id(), rate, direction);
        }

        @Override
        public QosRule read(Body body) {
            return new QosRule.MinimumBandwidth(
                    NO_ID,
                    Direction.parse(body.require(direction)),
                    body.require(rate).intValue());
        }

        @Override
        public QosRule changed(QosRule before, Body body) {
            QosRule.MinimumBandwidth old = (QosRule.MinimumBandwidth) before;
            return new QosRule.MinimumBandwidth(
                    old.id(),
                    QosRuleAttributes.direction(body.get(direction), old.way()),
                    body.get(rate).map(Long::intValue).orElse(old.minKbps()));
        }
    }

    /** Marks. */
    final class Dscp implements QosRuleAttributes {
        /** The code points that Neutron takes: class selectors, assured and expedited forwarding. */
        static final List<Long> MARKS = List.of(
                0L, 8L, 10L, 12L, 14L, 16L, 18L, 20L, 22L, 24L, 26L, 28L, 30L, 32L, 34L, 36L, 38L, 40L, 46L, 48L, 56L);

        private final Attribute<Shown, Long> mark = Attribute.<Shown, Long>of(
                        "dscp_mark", Kinds.oneOfNumbers(MARKS), shown ->
                                (long) ((QosRule.DscpMarking) shown.rule()).mark())
                .required()
                .postAndPut()
                .build();

        @Override
        public QosRule.Type type() {
            return QosRule.Type.DSCP_MARKING;
        }

        @Override
        public List<Attribute<Shown, ?>> all() {
            return List.of(id(), mark);
        }

        @Override
        public QosRule read(Body body) {
            return new QosRule.DscpMarking(NO_ID, body.require(mark).intValue());
        }

        @Override
        public QosRule changed(QosRule before, Body body) {
            QosRule.DscpMarking old = (QosRule.DscpMarking) before;
            return new QosRule.DscpMarking(
                    old.id(), body.get(mark).map(Long::intValue).orElse(old.mark()));
        }
    }
}
