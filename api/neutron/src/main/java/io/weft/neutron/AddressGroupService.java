package io.weft.neutron;

import io.weft.domain.AddressGroupUpdate;
import io.weft.domain.Domain;
import io.weft.domain.NewAddressGroup;
import io.weft.model.AddressGroup;
import io.weft.model.IpPrefix;
import io.weft.model.Resource;
import io.weft.rest.Action;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import io.weft.rest.ResourceType;
import io.weft.rest.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** Address groups: bodies to operations of the domain. https://docs.openstack.org/api-ref/network/v2/#address-groups */
final class AddressGroupService extends ModelService<AddressGroup> {
    private final StandardAttributes<AddressGroup> standard = new StandardAttributes<>(false);
    private final Attribute<Seen<AddressGroup>, List<IpPrefix>> addresses =
            Attribute.<Seen<AddressGroup>, List<IpPrefix>>of(
                            "addresses",
                            GroupValues.BLOCKS,
                            seen -> seen.resource().addresses())
                    .post()
                    .byDefault(List.of())
                    .notFilterable()
                    .build();
    private final Attribute<Object, List<IpPrefix>> added = blocks();
    private final Attribute<Object, List<IpPrefix>> removed = blocks();
    private final ResourceType<Seen<AddressGroup>> type = ResourceType.named(
                    "address_group", "address_groups", Seen<AddressGroup>::id, this)
            .attributes(attributes())
            .order(Seen.byId())
            .othersAreUnknown()
            .changed(seen -> seen.resource().meta().updatedAt())
            .action(Action.put("add_addresses", new Schema<>(List.of(added)), this::addAddresses))
            .action(Action.put("remove_addresses", new Schema<>(List.of(removed)), this::removeAddresses))
            .notFound(id -> new ApiException(
                    ErrorCategory.NOT_FOUND, "AddressGroupNotFound", "Address group " + id + " could not be found."))
            .build();
    private final Domain domain;
    private final Reader reader;

    AddressGroupService(Domain domain, Reader reader) {
        super(domain, Resource.Kind.ADDRESS_GROUP);
        this.domain = domain;
        this.reader = reader;
    }

    private static Attribute<Object, List<IpPrefix>> blocks() {
        return Attribute.<Object, List<IpPrefix>>of("addresses", GroupValues.BLOCKS_OR_ADDRESSES, _ -> null)
                .required()
                .build();
    }

    private List<Attribute<Seen<AddressGroup>, ?>> attributes() {
        List<Attribute<Seen<AddressGroup>, ?>> all = new ArrayList<>(List.of(
                standard.id, standard.name, standard.project, standard.tenant, standard.description, addresses));
        all.add(Attribute.<Seen<AddressGroup>, Boolean>of(
                        "shared", Kinds.bool(), seen -> seen.resource().isSharedWith(seen.viewer()))
                .build());
        all.addAll(List.of(standard.revision, standard.createdAt, standard.updatedAt));
        return all;
    }

    @Override
    ResourceType<Seen<AddressGroup>> type() {
        return type;
    }

    @Override
    public Seen<AddressGroup> create(Call call, Body body) {
        return seen(call, domain.addressGroups().create(request(body)));
    }

    @Override
    public List<Seen<AddressGroup>> createAll(Call call, List<Body> bodies) {
        return seen(
                call,
                domain.addressGroups().create(bodies.stream().map(this::request).toList()));
    }

    private NewAddressGroup request(Body body) {
        return new NewAddressGroup(
                body.require(standard.project),
                body.require(standard.name),
                body.require(standard.description),
                body.require(addresses));
    }

    @Override
    public Optional<Seen<AddressGroup>> find(Call call, String id) {
        return reader.addressGroup(call.caller(), id);
    }

    @Override
    public Iterable<Seen<AddressGroup>> list(Call call, Filters<Seen<AddressGroup>> filters) {
        return reader.addressGroups(call.caller(), filters, standard.id);
    }

    @Override
    public Seen<AddressGroup> update(Call call, String id, Body body) {
        AddressGroupUpdate update = new AddressGroupUpdate(
                body.get(standard.name), body.get(standard.description), call.expectedRevision());
        return seen(call, domain.addressGroups().update(Callers.of(call), known(id), update));
    }

    private Optional<Consumer<JsonGenerator>> addAddresses(Call call, String id, Body body) {
        return answer(call, domain.addressGroups().addAddresses(Callers.of(call), known(id), body.require(added)));
    }

    private Optional<Consumer<JsonGenerator>> removeAddresses(Call call, String id, Body body) {
        return answer(call, domain.addressGroups().removeAddresses(Callers.of(call), known(id), body.require(removed)));
    }

    private Optional<Consumer<JsonGenerator>> answer(Call call, AddressGroup group) {
        return Optional.of(out -> {
            out.writeStartObject();
            out.writeName("address_group");
            type.write(seen(call, group), call.caller(), out);
            out.writeEndObject();
        });
    }

    @Override
    public void delete(Call call, String id) {
        domain.addressGroups().delete(Callers.of(call), known(id), call.expectedRevision());
    }
}
