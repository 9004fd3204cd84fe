package io.weft.rest;

import io.weft.rest.policy.Policy;
import io.weft.rest.policy.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/** A resource with an attribute of every sort and a service that keeps its objects in memory. */
final class Things implements ResourceService<Thing> {
    final Attribute<Thing, String> id =
            Attribute.<Thing, String>of("id", Kinds.uuid(), Thing::id).build();
    final Attribute<Thing, String> name = Attribute.<Thing, String>of("name", Kinds.text(255), Thing::name)
            .postAndPut()
            .byDefault("")
            .build();
    final Attribute<Thing, String> project = Attribute.<Thing, String>of("project_id", Kinds.text(255), Thing::project)
            .owner()
            .build();
    final Attribute<Thing, Boolean> up = Attribute.<Thing, Boolean>of("admin_state_up", Kinds.bool(), Thing::up)
            .postAndPut()
            .byDefault(true)
            .build();
    final Attribute<Thing, Long> mtu = Attribute.<Thing, Long>of("mtu", Kinds.integer(68, 65535), Thing::mtu)
            .required()
            .postAndPut()
            .build();
    final Attribute<Thing, String> device = Attribute.<Thing, String>of(
                    "device_id", Kinds.text(255), thing -> thing.device().orElse(null))
            .postAndPut()
            .nullable()
            .build();
    final Attribute<Thing, String> host = Attribute.<Thing, String>of(
                    "binding:host_id", Kinds.text(255), thing -> thing.host().orElse(null))
            .postAndPut()
            .nullable()
            .build();
    final Attribute<Thing, Boolean> shared = Attribute.<Thing, Boolean>of("shared", Kinds.bool(), Thing::shared)
            .postAndPut()
            .byDefault(false)
            .build();
    final Attribute<Thing, Long> revision = Attribute.<Thing, Long>of(
                    "revision_number", Kinds.integer(0, Long.MAX_VALUE), Thing::revision)
            .build();
    final Attribute<Thing, List<String>> tags = Attribute.<Thing, List<String>>of(
                    "tags", Kinds.listOf(Kinds.text(255), 50, true), Thing::tags)
            .notFilterable()
            .build();

    private final Attribute<Object, Long> force = Attribute.<Object, Long>of("force", Kinds.integer(1, 10), _ -> null)
            .required()
            .build();

    private static final String MEMBER = "rule:context_is_admin or role:member and project_id:%(project_id)s";

    /** As Neutron's defaults: owners and administrators change, readers read, some attributes are administrators'. */
    static final Policy POLICY = Policy.of(
            List.of(
                    new Rule("context_is_admin", "role:admin"),
                    new Rule("service_api", "role:service"),
                    new Rule("default", "!"),
                    new Rule("create_thing", MEMBER),
                    new Rule("update_thing", MEMBER),
                    new Rule("delete_thing", MEMBER),
                    new Rule(
                            "get_thing",
                            "rule:context_is_admin or rule:service_api or role:reader and"
                                    + " project_id:%(project_id)s or field:things:shared=True"),
                    new Rule("get_thing:device_id", MEMBER),
                    new Rule("get_thing:binding:host_id", "rule:context_is_admin"),
                    new Rule("create_thing:binding:host_id", "rule:context_is_admin"),
                    new Rule("update_thing:binding:host_id", "rule:context_is_admin"),
                    new Rule("create_thing:shared", "rule:context_is_admin"),
                    new Rule("update_thing:shared", "rule:context_is_admin")),
            List.of());

    final ConcurrentSkipListMap<String, Thing> objects = new ConcurrentSkipListMap<>();
    final ResourceType<Thing> resource = ResourceType.named("thing", "things", Thing::id, this)
            .attributes(List.of(
                    id, name, project, project.alias("tenant_id"), up, mtu, device, host, shared, revision, tags))
            .tags(Thing::tags)
            .changed(Thing::updated)
            .action(Action.put("poke", new Schema<>(List.of(force)), this::poke))
            .build();

    private Optional<Consumer<JsonGenerator>> poke(Call call, String thing, Body body) {
        Thing found = find(call, thing).orElseThrow(() -> resource.notFound(thing));
        long poked = body.require(force);
        if (poked == 10) {
            throw new IllegalStateException("the domain is broken");
        }
        return Optional.of(out -> {
            out.writeStartObject();
            out.writeStringProperty("id", found.id());
            out.writeNumberProperty("poked", poked);
            out.writeEndObject();
        });
    }

    @Override
    public Thing create(Call call, Body body) {
        Thing thing = make(UUID.randomUUID().toString(), body);
        objects.put(thing.id(), thing);
        return thing;
    }

    private Thing make(String thingId, Body body) {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        return new Thing(
                thingId,
                body.require(name),
                body.require(project),
                body.require(up),
                body.require(mtu),
                body.get(device),
                body.get(host),
                body.require(shared),
                List.of(),
                0,
                now,
                now);
    }

    @Override
    public Optional<Thing> find(Call call, String thingId) {
        return Optional.ofNullable(objects.get(thingId)).filter(thing -> visible(call, thing));
    }

    private static boolean visible(Call call, Thing thing) {
        return thing.shared() || call.caller().owns(thing.project());
    }

    @Override
    public Iterable<Thing> list(Call call, Filters<Thing> filters) {
        List<Thing> seen = new ArrayList<>();
        for (Thing thing : objects.values()) {
            if (visible(call, thing)) {
                seen.add(thing);
            }
        }
        return seen;
    }

    @Override
    public Thing update(Call call, String thingId, Body body) {
        return change(
                call,
                thingId,
                old -> new Thing(
                        old.id(),
                        body.get(name).orElse(old.name()),
                        old.project(),
                        body.get(up).orElse(old.up()),
                        body.get(mtu).orElse(old.mtu()),
                        body.has(device) ? body.get(device) : old.device(),
                        body.has(host) ? body.get(host) : old.host(),
                        body.get(shared).orElse(old.shared()),
                        old.tags(),
                        old.revision() + 1,
                        old.created(),
                        old.updated().plusSeconds(60)));
    }

    private Thing change(Call call, String thingId, UnaryOperator<Thing> change) {
        return Optional.ofNullable(objects.computeIfPresent(thingId, (_, old) -> {
                    if (call.expectedRevision().isPresent()
                            && call.expectedRevision().getAsLong() != old.revision()) {
                        throw Call.revisionMismatch(call.expectedRevision().getAsLong(), old.revision());
                    }
                    return change.apply(old);
                }))
                .orElseThrow(() -> resource.notFound(thingId));
    }

    @Override
    public void delete(Call call, String thingId) {
        if (objects.remove(thingId) == null) {
            throw resource.notFound(thingId);
        }
    }

    @Override
    public Collection<String> replaceTags(Call call, String thingId, List<String> tags) {
        return change(call, thingId, old -> old.withTags(tags)).tags();
    }

    @Override
    public Collection<String> addTags(Call call, String thingId, List<String> more) {
        return change(
                        call,
                        thingId,
                        old -> old.withTags(Stream.concat(old.tags().stream(), more.stream())
                                .distinct()
                                .toList()))
                .tags();
    }

    @Override
    public void removeTag(Call call, String thingId, String tag) {
        change(call, thingId, old -> {
            if (!old.tags().contains(tag)) {
                throw TagHandler.missing(tag);
            }
            return old.withTags(
                    old.tags().stream().filter(each -> !each.equals(tag)).toList());
        });
    }

    /** A listening server of these things, with three callers known by token. */
    RestServer serve() {
        Authenticator tokens = new FixedTokens(Map.of(
                "admin-token", new Caller("admins", "root", Set.of("admin"), true),
                "alice-token", new Caller("alpha", "alice", Set.of("member"), false),
                "bob-token", new Caller("beta", "bob", Set.of("member"), false),
                "reader-token", new Caller("alpha", "rita", Set.of("reader"), false),
                "service-token", new Caller("services", "nova", Set.of("service"), false)));
        RestEndpoint endpoint = RestEndpoint.withAuthenticator(tokens)
                .resource(resource)
                .policy(POLICY)
                .maximumBody(64 * 1024)
                .document("", (origin, out) -> out.writeString("hello from " + origin))
                .build();
        return RestServer.start(RestServer.anyLoopbackPort(), routing -> routing.register("/v2.0", endpoint));
    }
}
