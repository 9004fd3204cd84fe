package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.PortBindings;
import io.weft.domain.replica.View;
import io.weft.model.Binding;
import io.weft.model.Port;
import io.weft.rest.Action;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import io.weft.rest.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** The bindings of a port, beneath it, by their hosts: https://docs.openstack.org/api-ref/network/v2/#port-bindings. */
final class PortBindingService implements ResourceService<PortBindingService.Bound> {
    private final Attribute<Bound, String> host = Attribute.<Bound, String>of(
                    "host", Kinds.text(255), bound -> bound.binding().host())
            .required()
            .build();
    private final Attribute<Bound, String> vnicType = Attribute.<Bound, String>of(
                    "vnic_type",
                    Kinds.oneOf(List.of(Binding.NONE.vnicType())),
                    bound -> bound.binding().vnicType())
            .postAndPut()
            .build();
    private final Attribute<Bound, Map<String, Object>> profile = Attribute.<Bound, Map<String, Object>>of(
                    "profile", Values.PROFILE, bound -> bound.binding().profile())
            .postAndPut()
            .nullable()
            .notFilterable()
            .build();
    private final ResourceType<Bound> type;
    private final Domain domain;
    private final PortBindings bindings;

    PortBindingService(Domain domain) {
        this.domain = domain;
        bindings = domain.portBindings();
        type = ResourceType.named(
                        "binding", "bindings", (Bound bound) -> bound.binding().host(), this)
                .attributes(List.of(
                        host,
                        Attribute.<Bound, String>of(
                                        "vif_type",
                                        Kinds.text(64),
                                        bound -> PortAttributes.vifType(bound.view(), bound.binding()))
                                .build(),
                        Attribute.<Bound, Map<String, Object>>of(
                                        "vif_details",
                                        Values.PROFILE,
                                        bound -> PortAttributes.vifDetails(bound.view(), bound.binding()))
                                .notFilterable()
                                .build(),
                        vnicType,
                        profile,
                        Attribute.<Bound, String>of(
                                        "status", Kinds.text(16), bound -> bound.active() ? "ACTIVE" : "INACTIVE")
                                .build()))
                .action(Action.put("activate", new Schema<>(List.of()), this::activate)
                        .answering(new Action.Answer.Bare()))
                .notFound(missing -> new ApiException(
                        ErrorCategory.NOT_FOUND,
                        "PortBindingNotFound",
                        "Binding for port for host " + missing + " could not be found."))
                .build();
    }

    /**
     * A binding of a port.
     *
     * @param binding where and how
     * @param active whether it is the one that counts
     * @param view the view that it was found in
     */
    record Bound(Binding binding, boolean active, View view) {}

    ResourceType<Bound> type() {
        return type;
    }

    @Override
    public Bound create(Call call, Body body) {
        Binding wanted = new Binding(
                body.require(host),
                body.get(vnicType).orElse(Binding.NONE.vnicType()),
                body.get(profile).orElse(Map.of()));
        return find(bindings.create(Callers.of(call), port(call), wanted), wanted.host());
    }

    @Override
    public Optional<Bound> find(Call call, String wanted) {
        return all(bindings.show(Callers.of(call), port(call))).stream()
                .filter(bound -> bound.binding().host().equals(wanted))
                .findFirst();
    }

    @Override
    public Iterable<Bound> list(Call call, Filters<Bound> filters) {
        return all(bindings.show(Callers.of(call), port(call)));
    }

    @Override
    public Bound update(Call call, String wanted, Body body) {
        Optional<Map<String, Object>> changed =
                body.has(profile) ? Optional.of(body.get(profile).orElse(Map.of())) : Optional.empty();
        return find(bindings.update(Callers.of(call), port(call), wanted, body.get(vnicType), changed), wanted);
    }

    @Override
    public void delete(Call call, String wanted) {
        bindings.delete(Callers.of(call), port(call), wanted);
    }

    private Optional<Consumer<JsonGenerator>> activate(Call call, String wanted, Body body) {
        Bound bound = find(bindings.activate(Callers.of(call), port(call), wanted), wanted);
        return Optional.of(out -> type.write(bound, call.caller(), out));
    }

    private Bound find(Port port, String wanted) {
        return all(port).stream()
                .filter(bound -> bound.binding().host().equals(wanted))
                .findFirst()
                .orElseThrow();
    }

    /** The active one first; it is there even of a port that lives nowhere, as in Neutron. */
    private List<Bound> all(Port port) {
        View view = domain.view();
        List<Bound> all = new ArrayList<>();
        all.add(new Bound(port.binding(), true, view));
        port.extras().waitingBindings().forEach(binding -> all.add(new Bound(binding, false, view)));
        return all;
    }

    private static UUID port(Call call) {
        String parent = call.parent().orElseThrow();
        return Reader.uuid(parent)
                .orElseThrow(() -> new ApiException(
                        ErrorCategory.NOT_FOUND, "PortNotFound", "Port " + parent + " could not be found."));
    }
}
