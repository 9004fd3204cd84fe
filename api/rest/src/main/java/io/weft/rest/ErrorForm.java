package io.weft.rest;

import tools.jackson.core.JsonGenerator;

/** How a dialect writes an error body. */
@FunctionalInterface
public interface ErrorForm {
    /** Neutron's: {@code {"NeutronError": {"type": …, "message": …, "detail": ""}}}. */
    ErrorForm NEUTRON = (error, out) -> {
        out.writeStartObject();
        out.writeName("NeutronError");
        out.writeStartObject();
        out.writeStringProperty("type", error.type());
        out.writeStringProperty("message", error.message());
        out.writeStringProperty("detail", "");
        out.writeEndObject();
        out.writeEndObject();
    };

    /** Writes one JSON value. */
    void write(ApiException error, JsonGenerator out);
}
