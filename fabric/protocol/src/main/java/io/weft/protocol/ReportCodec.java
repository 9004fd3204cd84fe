package io.weft.protocol;

import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/** What agents send, as JSON. Readers take at most {@link #MAX_BODY} bytes and pass over unknown fields. */
public final class ReportCodec {
    /** The longest body, in bytes: a full report of a node with tens of thousands of ports. */
    public static final int MAX_BODY = 8 << 20;

    private ReportCodec() {}

    private interface Reader<T> {
        T read(JsonObject body) throws IOException;
    }

    public static byte[] encode(NodeReport report) {
        return write(out -> {
            out.writeNumberProperty("revision", report.revision());
            out.writeStringProperty("agentVersion", report.agentVersion());
            out.writeBooleanProperty("full", report.full());
            out.writeName("ports").writeStartArray();
            for (PortReport port : report.ports()) {
                out.writeStartObject();
                out.writeStringProperty("portId", port.portId().toString());
                out.writeStringProperty("state", port.state().name());
                if (!port.detail().isEmpty()) {
                    out.writeStringProperty("detail", port.detail());
                }
                out.writeEndObject();
            }
            out.writeEndArray();
            FactCodec.texts(out, "problems", report.problems());
            report.claims().ifPresent(claims -> {
                out.writeName("claims").writeStartArray();
                for (AddressClaim claim : claims) {
                    out.writeStartObject();
                    out.writeStringProperty("portId", claim.portId().toString());
                    out.writeStringProperty("address", claim.address().toString());
                    out.writeStringProperty("mac", claim.mac().toString());
                    out.writeEndObject();
                }
                out.writeEndArray();
            });
            // An empty list says something else than none, so it is not left out.
            report.physicalNetworks().ifPresent(names -> {
                out.writeName("physicalNetworks").writeStartArray();
                names.forEach(out::writeString);
                out.writeEndArray();
            });
        });
    }

    public static NodeReport decodeReport(byte[] body) throws ProtocolException {
        return read(body, in -> {
            return new NodeReport(
                    in.revision("revision"),
                    in.text("agentVersion"),
                    in.flag("full"),
                    in.objects(
                            "ports",
                            o -> new PortReport(
                                    o.id("portId"),
                                    PortReport.State.valueOf(o.text("state")),
                                    o.textOrEmpty("detail"))),
                    in.texts("problems", text -> text),
                    in.has("claims")
                            ? Optional.of(in.objects(
                                    "claims",
                                    o -> new AddressClaim(
                                            o.id("portId"),
                                            IpAddress.parse(o.text("address")),
                                            MacAddress.parse(o.text("mac")))))
                            : Optional.empty(),
                    in.has("physicalNetworks")
                            ? Optional.of(in.texts("physicalNetworks", text -> text))
                            : Optional.empty());
        });
    }

    public static byte[] encode(Enrolment.Request request) {
        return write(out -> {
            out.writeStringProperty("token", request.token());
            out.writeStringProperty("host", request.host());
            out.writeStringProperty("csr", request.csr());
            FactCodec.texts(out, "tunnelAddresses", request.tunnelAddresses());
        });
    }

    public static Enrolment.Request decodeEnrolmentRequest(byte[] body) throws ProtocolException {
        return read(
                body,
                in -> new Enrolment.Request(
                        in.textOrEmpty("token"),
                        in.text("host"),
                        in.text("csr"),
                        in.texts("tunnelAddresses", IpAddress::parse)));
    }

    public static byte[] encode(Enrolment.Answer answer) {
        return write(out -> {
            out.writeStringProperty("certificate", answer.certificate());
            out.writeStringProperty("ca", answer.ca());
        });
    }

    public static Enrolment.Answer decodeEnrolmentAnswer(byte[] body) throws ProtocolException {
        return read(body, in -> new Enrolment.Answer(in.text("certificate"), in.text("ca")));
    }

    private static byte[] write(Consumer<JsonGenerator> fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator out =
                JsonObject.FACTORY.createGenerator(ObjectWriteContext.empty(), bytes, JsonEncoding.UTF8)) {
            out.writeStartObject();
            fields.accept(out);
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static <T> T read(byte[] body, Reader<T> reader) throws ProtocolException {
        if (body.length > MAX_BODY) {
            throw new ProtocolException("a body of " + body.length + " bytes is too long");
        }
        try {
            return reader.read(JsonObject.parse(body, 0, body.length));
        } catch (ProtocolException e) {
            throw e;
        } catch (IOException | InvalidException | IllegalArgumentException e) {
            throw new ProtocolException("not valid: " + Excerpt.of(String.valueOf(e.getMessage())), e);
        }
    }
}
