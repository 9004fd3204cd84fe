package io.weft.loadbalancer;

import io.weft.domain.Caller;
import io.weft.model.AllowedCallers;
import io.weft.model.BalancedProtocol;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MemberLocality;
import io.weft.model.PoolMember;
import io.weft.rest.ApiException;
import io.weft.rest.Call;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kind;
import io.weft.rest.Kinds;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/** The kinds of values that Octavia's attributes have, between JSON and the model. */
final class Values {
    static final Kind<UUID> ID = Kinds.parsed(
            36,
            Kinds.UUID_FORM,
            (text, field) -> {
                if (!Kinds.isUuid(text)) {
                    throw ApiException.invalid(field, "'" + text + "' is not a valid UUID");
                }
                return UUID.fromString(text);
            },
            UUID::toString,
            Comparator.naturalOrder());
    static final Kind<IpAddress> ADDRESS =
            Kinds.parsed(45, (text, _) -> IpAddress.parse(text), IpAddress::toString, Comparator.naturalOrder());
    static final Kind<BalancedProtocol> PROTOCOL = Kinds.parsed(
            16,
            JsonSchema.words(
                    Stream.of(BalancedProtocol.values()).map(Enum::name).toList()),
            (text, _) -> BalancedProtocol.parse(text),
            BalancedProtocol::name,
            Comparator.naturalOrder());
    static final Kind<MemberLocality> LOCALITY = Kinds.parsed(
            16,
            JsonSchema.words(
                    Stream.of(MemberLocality.values()).map(MemberLocality::text).toList()),
            (text, _) -> MemberLocality.parse(text),
            MemberLocality::text,
            Comparator.naturalOrder());
    static final Kind<List<IpPrefix>> ALLOWED_CIDRS = Kinds.listOf(
            Kinds.parsed(49, (text, _) -> IpPrefix.parse(text), IpPrefix::toString, Comparator.naturalOrder()),
            AllowedCallers.MOST,
            true);
    static final Kind<AllowedCallers.Scope> ALLOWED_CIDRS_SCOPE = Kinds.parsed(
            16,
            JsonSchema.words(Stream.of(AllowedCallers.Scope.values())
                    .map(AllowedCallers.Scope::text)
                    .toList()),
            (text, _) -> AllowedCallers.Scope.parse(text),
            AllowedCallers.Scope::text,
            Comparator.naturalOrder());
    static final Kind<Long> PORT = Kinds.integer(1, 65535);
    static final Kind<Long> WEIGHT = Kinds.integer(0, PoolMember.MAX_WEIGHT);
    static final Kind<List<String>> TAGS = Kinds.listOf(Kinds.text(1, 255), 50, true);

    private static final DateTimeFormatter TIME_FORM = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss");

    /** Octavia's times have no zone; they are UTC. */
    static final Kind<Instant> TIME = Kinds.parsed(
            32,
            (text, _) -> LocalDateTime.parse(text, TIME_FORM).toInstant(ZoneOffset.UTC),
            (Instant time) -> TIME_FORM.format(time.atOffset(ZoneOffset.UTC)),
            Comparator.naturalOrder());

    private Values() {}

    /** The domain's view of who asks: the policy has settled what the caller may do with what it sees. */
    static Caller caller(Call call) {
        return new Caller(call.caller().project(), call.caller().global());
    }

    /** The id that a path names; empty when it is none. */
    static Optional<UUID> id(String text) {
        return Kinds.isUuid(text) ? Optional.of(UUID.fromString(text)) : Optional.empty();
    }

    /** Writes a list of objects of which only the ids are shown. */
    static void ids(Stream<UUID> ids, JsonGenerator out) {
        out.writeStartArray();
        ids.sorted().forEach(id -> {
            out.writeStartObject();
            out.writeStringProperty("id", id.toString());
            out.writeEndObject();
        });
        out.writeEndArray();
    }
}
