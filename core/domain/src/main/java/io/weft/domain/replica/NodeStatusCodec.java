package io.weft.domain.replica;

import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.store.Bytes;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Versioned;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** The stored form of a {@link NodeStatus}: one key for a node. Unknown fields are dropped, since nodes report anew. */
public final class NodeStatusCodec {
    private static final int FORMAT = 1;
    private static final JsonFactory JSON = new JsonFactory();

    private NodeStatusCodec() {}

    /** The stored form. */
    public static Bytes encode(NodeStatus status) {
        ByteArrayOutputStream body = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), body)) {
            json.writeStartObject();
            json.writeNumberProperty("revision", status.revision());
            json.writeStringProperty("version", status.version());
            json.writeNumberProperty("at", status.reportedAt().getEpochSecond());
            json.writeName("ports");
            json.writeStartArray();
            for (PortReport port : status.ports().values()) {
                json.writeStartArray();
                json.writeString(port.portId().toString());
                json.writeString(port.state().name());
                json.writeString(port.detail());
                json.writeEndArray();
            }
            json.writeEndArray();
            json.writeName("problems");
            json.writeStartArray();
            status.problems().forEach(json::writeString);
            json.writeEndArray();
            json.writeName("claims");
            json.writeStartArray();
            for (AddressClaim claim : status.claims()) {
                json.writeStartArray();
                json.writeString(claim.portId().toString());
                json.writeString(claim.address().toString());
                json.writeString(claim.mac().toString());
                json.writeEndArray();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return Versioned.encode(FORMAT, body.toByteArray());
    }

    /**
     * Reads it back.
     *
     * @throws StoreException {@link StoreError#CORRUPT} when it is none
     */
    public static NodeStatus decode(UUID nodeId, Bytes value) {
        return Versioned.decode(value).body().read((array, offset, length) -> {
            try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), array, offset, length)) {
                return read(nodeId, json);
            } catch (JacksonException | IllegalArgumentException | InvalidException e) {
                throw new StoreException(StoreError.CORRUPT, "the status of node " + nodeId + " cannot be read", e);
            }
        });
    }

    private static NodeStatus read(UUID nodeId, JsonParser json) {
        long revision = 0;
        String version = "";
        Instant at = Instant.EPOCH;
        Map<UUID, PortReport> ports = new HashMap<>();
        List<String> problems = new ArrayList<>();
        List<AddressClaim> claims = new ArrayList<>();
        json.nextToken();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "revision" -> revision = json.getLongValue();
                case "version" -> version = json.getString();
                case "at" -> at = Instant.ofEpochSecond(json.getLongValue());
                case "ports" -> {
                    while (json.nextToken() == JsonToken.START_ARRAY) {
                        PortReport port = port(json);
                        ports.put(port.portId(), port);
                    }
                }
                case "problems" -> {
                    while (json.nextToken() == JsonToken.VALUE_STRING) {
                        problems.add(json.getString());
                    }
                }
                case "claims" -> {
                    while (json.nextToken() == JsonToken.START_ARRAY) {
                        claims.add(claim(json));
                    }
                }
                default -> json.skipChildren();
            }
        }
        return new NodeStatus(nodeId, revision, version, at, ports, problems, claims);
    }

    private static AddressClaim claim(JsonParser json) {
        json.nextToken();
        UUID port = UUID.fromString(json.getString());
        json.nextToken();
        IpAddress address = IpAddress.parse(json.getString());
        json.nextToken();
        MacAddress mac = MacAddress.parse(json.getString());
        json.nextToken();
        return new AddressClaim(port, address, mac);
    }

    private static PortReport port(JsonParser json) {
        json.nextToken();
        UUID id = UUID.fromString(json.getString());
        json.nextToken();
        DeviceState state = DeviceState.valueOf(json.getString());
        json.nextToken();
        String detail = json.getString();
        json.nextToken();
        return new PortReport(id, state, detail);
    }
}
