package io.weft.domain.records;

import io.weft.model.AddressGroup;
import io.weft.model.AddressScope;
import io.weft.model.DefaultRules;
import io.weft.model.Flavor;
import io.weft.model.FloatingIp;
import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.Network;
import io.weft.model.Node;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.Port;
import io.weft.model.QosPolicy;
import io.weft.model.Resource;
import io.weft.model.Router;
import io.weft.model.RuleAction;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.ServiceProfile;
import io.weft.model.Subnet;
import io.weft.model.SubnetPool;
import io.weft.model.Trunk;
import io.weft.store.Bytes;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Versioned;
import java.io.ByteArrayOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Between the model's records and the bytes that the store keeps. Any thread may use it.
 *
 * <p>A value is the format version in two bytes, then one JSON object. A field that is left out has its default, which
 * is never changed; a new meaning takes a new field, and a change that older builds would misread a new format version.
 */
public final class RecordCodec {
    /** The newest format that this build writes and reads. */
    public static final int FORMAT = 2;

    /** The format of nearly all records. */
    private static final int FIRST = 1;

    private static final JsonFactory JSON = new JsonFactory();
    private static final int USUAL_LENGTH = 512;

    private final RecordReader reader = new RecordReader();

    /** The stored form of a record. */
    public Bytes encode(Resource resource) {
        ByteArrayOutputStream body = new ByteArrayOutputStream(USUAL_LENGTH);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), body)) {
            RecordWriter.write(json, resource);
        }
        return Versioned.encode(format(resource), body.toByteArray());
    }

    /** Builds of the first format would take rules that deny or pass for rules that allow. */
    private static int format(Resource resource) {
        return resource instanceof SecurityGroupRule rule && rule.action() != RuleAction.ALLOW ? FORMAT : FIRST;
    }

    /**
     * Reads a record back.
     *
     * @throws StoreException {@link StoreError#NEWER_FORMAT} when a newer build wrote it, {@link StoreError#CORRUPT}
     *     when it is no such record
     */
    public Resource decode(Resource.Kind kind, Bytes value) {
        Versioned versioned = Versioned.decode(value);
        if (versioned.format() > FORMAT) {
            throw new StoreException(
                    StoreError.NEWER_FORMAT,
                    "a record has the format " + versioned.format() + ", this build reads up to " + FORMAT);
        }
        return versioned.body().read((array, offset, length) -> {
            try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), array, offset, length)) {
                return reader.read(kind, json);
            } catch (JacksonException | IllegalArgumentException | io.weft.model.InvalidException e) {
                throw new StoreException(StoreError.CORRUPT, "a stored " + kind + " cannot be read", e);
            }
        });
    }

    /** The class of records of a kind. */
    public static Class<? extends Resource> type(Resource.Kind kind) {
        return switch (kind) {
            case NETWORK -> Network.class;
            case SUBNET -> Subnet.class;
            case PORT -> Port.class;
            case ROUTER -> Router.class;
            case FLOATING_IP -> FloatingIp.class;
            case SECURITY_GROUP -> SecurityGroup.class;
            case SECURITY_GROUP_RULE -> SecurityGroupRule.class;
            case ADDRESS_GROUP -> AddressGroup.class;
            case DEFAULT_RULES -> DefaultRules.class;
            case QOS_POLICY -> QosPolicy.class;
            case SUBNET_POOL -> SubnetPool.class;
            case TRUNK -> Trunk.class;
            case ADDRESS_SCOPE -> AddressScope.class;
            case LOAD_BALANCER -> LoadBalancer.class;
            case LISTENER -> Listener.class;
            case POOL -> Pool.class;
            case POOL_MEMBER -> PoolMember.class;
            case FLAVOR -> Flavor.class;
            case SERVICE_PROFILE -> ServiceProfile.class;
            case NODE -> Node.class;
        };
    }
}
