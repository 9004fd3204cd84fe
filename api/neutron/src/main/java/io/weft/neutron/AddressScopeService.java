package io.weft.neutron;

import io.weft.domain.AddressScopes;
import io.weft.domain.Domain;
import io.weft.domain.NewAddressScope;
import io.weft.domain.replica.View;
import io.weft.model.AddressScope;
import io.weft.model.IpFamily;
import io.weft.model.Resource;
import io.weft.model.World;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.Caller;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import io.weft.rest.ResourceType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Address scopes: bodies to operations of the domain. https://docs.openstack.org/api-ref/network/v2/#address-scopes */
final class AddressScopeService extends ModelService<AddressScope> {
    private final StandardAttributes<AddressScope> standard = new StandardAttributes<>(false);
    private final Attribute<Seen<AddressScope>, Long> ipVersion = Attribute.<Seen<AddressScope>, Long>of(
                    "ip_version", Values.IP_VERSION, seen ->
                            (long) seen.resource().family().version())
            .post()
            .required()
            .build();
    private final Attribute<Seen<AddressScope>, Boolean> shared = Attribute.<Seen<AddressScope>, Boolean>of(
                    "shared", Kinds.bool(), seen -> seen.resource().isSharedWith(seen.viewer()))
            .postAndPut()
            .byDefault(false)
            .build();
    private final ResourceType<Seen<AddressScope>> type = ResourceType.named(
                    "address_scope", "address_scopes", Seen<AddressScope>::id, this)
            .attributes(List.of(standard.id, standard.name, standard.project, standard.tenant, ipVersion, shared))
            .order(Seen.byId())
            .notFound(id -> new ApiException(
                    ErrorCategory.NOT_FOUND, "AddressScopeNotFound", "Address scope " + id + " could not be found."))
            .build();
    private final Domain domain;
    private final AddressScopes scopes;

    AddressScopeService(Domain domain) {
        super(domain, Resource.Kind.ADDRESS_SCOPE);
        this.domain = domain;
        scopes = domain.addressScopes();
    }

    @Override
    ResourceType<Seen<AddressScope>> type() {
        return type;
    }

    @Override
    public Seen<AddressScope> create(Call call, Body body) {
        return seen(call, scopes.create(request(body)));
    }

    @Override
    public List<Seen<AddressScope>> createAll(Call call, List<Body> bodies) {
        return seen(call, scopes.create(bodies.stream().map(this::request).toList()));
    }

    private NewAddressScope request(Body body) {
        int version = body.require(ipVersion).intValue();
        return new NewAddressScope(
                body.require(standard.project),
                body.require(standard.name),
                IpFamily.ofVersion(version),
                body.require(shared));
    }

    @Override
    public Optional<Seen<AddressScope>> find(Call call, String id) {
        View view = domain.view();
        return Reader.uuid(id)
                .flatMap(view.world()::addressScope)
                .filter(scope -> scope.isSharedWith(call.caller().project())
                        || call.caller().owns(scope.project()))
                .map(scope -> new Seen<>(scope, view, call.caller().project()));
    }

    @Override
    public Iterable<Seen<AddressScope>> list(Call call, Filters<Seen<AddressScope>> filters) {
        View view = domain.view();
        World world = view.world();
        Caller caller = call.caller();
        Stream<AddressScope> candidates = caller.global()
                ? world.addressScopes().stream()
                : Stream.concat(
                        world.addressScopesOfProject(caller.project()).stream(),
                        world.addressScopesSharedWith(caller.project()).stream()
                                .filter(scope -> !scope.project().equals(caller.project())));
        return candidates
                .map(scope -> new Seen<>(scope, view, caller.project()))
                .toList();
    }

    @Override
    public Seen<AddressScope> update(Call call, String id, Body body) {
        return seen(call, scopes.update(Callers.of(call), known(id), body.get(standard.name), body.get(shared)));
    }

    @Override
    public void delete(Call call, String id) {
        scopes.delete(Callers.of(call), known(id));
    }
}
