package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.NewRbacPolicy;
import io.weft.domain.error.Problem;
import io.weft.model.Meta;
import io.weft.model.RbacEntry;
import io.weft.model.RbacPolicy;
import io.weft.model.RbacPolicy.Action;
import io.weft.model.Resource;
import io.weft.model.Shareable;
import io.weft.model.World;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.Caller;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kinds;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** What projects let others use. https://docs.openstack.org/api-ref/network/v2/#rbac-policies */
final class RbacPolicyService implements ResourceService<RbacEntry> {
    private final Attribute<RbacEntry, UUID> id = Attribute.<RbacEntry, UUID>of(
                    "id", Values.UUID_KIND, entry -> entry.policy().id())
            .build();
    private final Attribute<RbacEntry, String> project = Attribute.<RbacEntry, String>of(
                    "project_id",
                    Kinds.text(Meta.MAX_TEXT),
                    entry -> entry.policy().project())
            .owner()
            .build();
    private final Attribute<RbacEntry, UUID> objectId = Attribute.<RbacEntry, UUID>of(
                    "object_id", Values.UUID_KIND, entry -> entry.object().id())
            .required()
            .build();
    private final Attribute<RbacEntry, String> action = Attribute.<RbacEntry, String>of(
                    "action",
                    Kinds.text(Meta.MAX_TEXT)
                            .narrowed(JsonSchema.words(
                                    Stream.of(Action.values()).map(Action::text).toList())),
                    entry -> entry.policy().action().text())
            .required()
            .build();
    private final Attribute<RbacEntry, String> target = Attribute.<RbacEntry, String>of(
                    "target_tenant",
                    Kinds.visibleText(Meta.MAX_TEXT),
                    entry -> entry.policy().target())
            .postAndPut()
            .required()
            .build();
    private final Attribute<RbacEntry, String> objectType;
    private final ResourceType<RbacEntry> type;
    private final Map<String, Resource.Kind> kinds = new LinkedHashMap<>();
    private final Domain domain;

    RbacPolicyService(Domain domain) {
        this.domain = domain;
        serve(Resource.Kind.NETWORK);
        serve(Resource.Kind.QOS_POLICY);
        serve(Resource.Kind.SUBNET_POOL);
        serve(Resource.Kind.ADDRESS_SCOPE);
        if (domain.settings().securityGroups()) {
            serve(Resource.Kind.SECURITY_GROUP);
            serve(Resource.Kind.ADDRESS_GROUP);
        }
        objectType = Attribute.<RbacEntry, String>of(
                        "object_type",
                        Kinds.text(Meta.MAX_TEXT).narrowed(JsonSchema.words(List.copyOf(kinds.keySet()))),
                        entry -> name(entry.object().kind()))
                .required()
                .build();
        type = ResourceType.named(
                        "rbac_policy",
                        "rbac_policies",
                        (RbacEntry entry) -> entry.policy().id().toString(),
                        this)
                .attributes(List.of(id, project, project.alias("tenant_id"), objectType, objectId, action, target))
                .order((a, b) ->
                        Values.ID_ORDER.compare(a.policy().id(), b.policy().id()))
                .notFound(missing -> new ApiException(
                        ErrorCategory.NOT_FOUND,
                        Problem.RBAC_POLICY_NOT_FOUND.type(),
                        Problem.RBAC_POLICY_NOT_FOUND.message(missing)))
                .build();
    }

    private void serve(Resource.Kind kind) {
        kinds.put(name(kind), kind);
    }

    private static String name(Resource.Kind kind) {
        return kind == Resource.Kind.SUBNET_POOL ? "subnetpool" : kind.name().toLowerCase(Locale.ROOT);
    }

    ResourceType<RbacEntry> type() {
        return type;
    }

    @Override
    public RbacEntry create(Call call, Body body) {
        return domain.rbacPolicies().create(Callers.of(call), request(body));
    }

    @Override
    public List<RbacEntry> createAll(Call call, List<Body> bodies) {
        return domain.rbacPolicies()
                .create(Callers.of(call), bodies.stream().map(this::request).toList());
    }

    private NewRbacPolicy request(Body body) {
        String typeName = body.require(objectType).strip().toLowerCase(Locale.ROOT);
        Resource.Kind kind = kinds.get(typeName);
        if (kind == null) {
            throw Problem.INVALID_INPUT.with("'" + body.require(objectType) + "' is not a valid RBAC object type");
        }
        List<Action> actions =
                kind == Resource.Kind.NETWORK ? List.of(Action.values()) : List.of(Action.ACCESS_AS_SHARED);
        Action wanted = Action.named(body.require(action))
                .filter(actions::contains)
                .orElseThrow(() -> Problem.INVALID_ACTION_FOR_TYPE.with(
                        body.require(action),
                        typeName,
                        actions.stream().map(Action::text).toList()));
        return new NewRbacPolicy(body.require(project), kind, body.require(objectId), wanted, body.require(target));
    }

    @Override
    public Optional<RbacEntry> find(Call call, String text) {
        return Reader.uuid(text).flatMap(domain.view().world()::rbacPolicy).filter(entry -> sees(call.caller(), entry));
    }

    private static boolean sees(Caller caller, RbacEntry entry) {
        return caller.owns(entry.policy().project());
    }

    @Override
    public Iterable<RbacEntry> list(Call call, Filters<RbacEntry> filters) {
        World world = domain.view().world();
        Caller caller = call.caller();
        List<RbacEntry> candidates;
        if (!filters.values(id).isEmpty()) {
            candidates = filters.values(id).stream()
                    .distinct()
                    .flatMap(text -> Reader.uuid(text).flatMap(world::rbacPolicy).stream())
                    .toList();
        } else if (!filters.values(objectId).isEmpty()) {
            candidates = filters.values(objectId).stream()
                    .distinct()
                    .flatMap(text -> Reader.uuid(text).stream())
                    .flatMap(object -> ofObject(world, object).stream())
                    .toList();
        } else {
            candidates = caller.global() ? world.rbacPolicies() : world.rbacPoliciesOfProject(caller.project());
        }
        return candidates.stream().filter(entry -> sees(caller, entry)).toList();
    }

    private List<RbacEntry> ofObject(World world, UUID object) {
        List<RbacEntry> entries = new ArrayList<>();
        for (Resource.Kind kind : kinds.values()) {
            if (world.resource(kind, object).orElse(null) instanceof Shareable shareable) {
                shareable.sharing().policies().forEach(policy -> entries.add(new RbacEntry(shareable, policy)));
            }
        }
        return entries;
    }

    @Override
    public RbacEntry update(Call call, String text, Body body) {
        RbacEntry before = find(call, text).orElseThrow(() -> type.notFound(text));
        RbacPolicy policy = before.policy();
        return body.has(target)
                ? domain.rbacPolicies().update(Callers.of(call), policy.id(), body.require(target))
                : before;
    }

    @Override
    public void delete(Call call, String text) {
        domain.rbacPolicies().delete(Callers.of(call), Reader.uuid(text).orElseThrow(() -> type.notFound(text)));
    }
}
