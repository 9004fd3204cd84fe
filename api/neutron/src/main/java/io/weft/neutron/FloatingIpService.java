package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.FloatingIpUpdate;
import io.weft.domain.NewFloatingIp;
import io.weft.domain.QosChoice;
import io.weft.domain.error.Problem;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.Resource;
import io.weft.rest.ApiException;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.ResourceType;
import java.util.Optional;

/** Floating IPs: bodies to operations of the domain. */
final class FloatingIpService extends ModelService<FloatingIp> {
    private final FloatingIpAttributes attributes = new FloatingIpAttributes();
    private final ResourceType<Seen<FloatingIp>> type;
    private final Domain domain;
    private final Reader reader;

    FloatingIpService(Domain domain, Reader reader) {
        super(domain, Resource.Kind.FLOATING_IP);
        this.domain = domain;
        this.reader = reader;
        type = ResourceType.named("floatingip", "floatingips", Seen<FloatingIp>::id, this)
                .attributes(attributes.all())
                .order(Seen.byId())
                .tags(seen -> seen.resource().meta().tags())
                .changed(seen -> seen.resource().meta().updatedAt())
                .child(new PortForwardingService(domain).type())
                .notFound(FloatingIpService::missing)
                .build();
    }

    static ApiException missing(String id) {
        return new ApiException(
                ErrorCategory.NOT_FOUND, "FloatingIPNotFound", "Floating IP " + id + " could not be found");
    }

    @Override
    ResourceType<Seen<FloatingIp>> type() {
        return type;
    }

    @Override
    public Seen<FloatingIp> create(Call call, Body body) {
        return seen(
                call,
                domain.floatingIps()
                        .create(
                                Callers.of(call),
                                new NewFloatingIp(
                                        body.require(attributes.standard.project),
                                        body.require(attributes.network),
                                        body.require(attributes.standard.description),
                                        body.require(attributes.standard.tags),
                                        body.get(attributes.address),
                                        body.get(attributes.subnet),
                                        body.get(attributes.port),
                                        body.get(attributes.fixedAddress),
                                        body.get(attributes.qosPolicy))));
    }

    @Override
    public Optional<Seen<FloatingIp>> find(Call call, String id) {
        return reader.floatingIp(call.caller(), id);
    }

    @Override
    public Iterable<Seen<FloatingIp>> list(Call call, Filters<Seen<FloatingIp>> filters) {
        return reader.floatingIps(call.caller(), filters, attributes);
    }

    @Override
    public Seen<FloatingIp> update(Call call, String id, Body body) {
        return seen(
                call,
                domain.floatingIps()
                        .update(
                                Callers.of(call),
                                known(id),
                                new FloatingIpUpdate(
                                        body.get(attributes.standard.description),
                                        target(body),
                                        body.has(attributes.qosPolicy)
                                                ? Optional.of(new QosChoice(body.get(attributes.qosPolicy)))
                                                : Optional.empty(),
                                        call.expectedRevision())));
    }

    /** A port that is not named stays; null takes it away, and so does an empty body. */
    private Optional<FloatingIpUpdate.Target> target(Body body) {
        Optional<IpAddress> fixed = body.get(attributes.fixedAddress);
        if (body.get(attributes.port).isPresent()) {
            return Optional.of(
                    new FloatingIpUpdate.Target.ToPort(body.get(attributes.port).get(), fixed));
        }
        if (fixed.isPresent()) {
            throw Problem.BAD_REQUEST.with("floatingip", "fixed_ip_address cannot be specified without a port_id");
        }
        // A change that says nothing at all takes the port away: once there was nothing else to change.
        return body.has(attributes.port) || body.isBlank()
                ? Optional.of(new FloatingIpUpdate.Target.Nothing())
                : Optional.empty();
    }

    @Override
    public void delete(Call call, String id) {
        domain.floatingIps().delete(Callers.of(call), known(id), call.expectedRevision());
    }
}
