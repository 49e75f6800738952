"""The usual web form of the list of customers, to be measured beside: FastAPI, SQLAlchemy, one SQLite file.

/v1 asks for the figures of each row, as such code is written first; /v2 asks for all of them in one query.
"""

import os
import uuid
from datetime import datetime, timedelta

import bcrypt
from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import Boolean, DateTime, ForeignKey, Integer, String, create_engine, event, func, or_, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine(os.environ["PEER_DATABASE"], connect_args={"check_same_thread": False})


@event.listens_for(engine, "connect")
def pragmas(connection, _):
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA journal_mode=WAL")


make_session = sessionmaker(bind=engine, autoflush=False, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


def new_id() -> str:
    return str(uuid.uuid4())


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    full_name: Mapped[str] = mapped_column(String(255))
    company_name: Mapped[str | None] = mapped_column(String(255))
    password_hash: Mapped[str] = mapped_column(String(255))
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(DateTime, default=datetime.utcnow, index=True)


def owned(name: str, **columns):
    """A table whose rows belong to a customer."""
    shape = {
        "__tablename__": name,
        "id": mapped_column(String(36), primary_key=True, default=new_id),
        "customer_id": mapped_column(ForeignKey("customers.id"), index=True),
        "status": mapped_column(String(20)),
        **columns,
    }
    return type(name.capitalize(), (Base,), shape)


License = owned("licenses", key=mapped_column(String(64)), created_at=mapped_column(DateTime))
Subscription = owned("subscriptions")
Domain = owned("domains")
Payment = owned("payments", amount=mapped_column(Integer), received_on=mapped_column(String(10)))
Invoice = owned("invoices")


class LicenseRow(BaseModel):
    id: str
    key: str
    status: str


class Row(BaseModel):
    id: str
    email: str
    full_name: str
    company_name: str | None
    is_active: bool
    created_at: datetime
    total_licenses: int
    active_licenses: int
    total_subscriptions: int
    active_subscriptions: int
    total_domains: int
    total_payments: int
    total_invoices: int
    outstanding_invoices: int
    last_payment: str | None
    licenses: list[LicenseRow]


class New(BaseModel):
    email: str
    full_name: str
    password: str


def session():
    with make_session() as open_session:
        yield open_session


app = FastAPI()


def matching(statement, search, is_active, has_licenses):
    if search:
        pattern = f"%{search}%"
        statement = statement.where(
            or_(Customer.email.ilike(pattern), Customer.full_name.ilike(pattern), Customer.company_name.ilike(pattern))
        )
    if is_active is not None:
        statement = statement.where(Customer.is_active.is_(is_active))
    if has_licenses is not None:
        exists = select(License.id).where(License.customer_id == Customer.id).exists()
        statement = statement.where(exists if has_licenses else ~exists)
    return statement


def row(customer, licenses, figures) -> Row:
    names = ["total_subscriptions", "active_subscriptions", "total_domains", "total_payments", "total_invoices"]
    values = dict(zip([*names, "outstanding_invoices", "last_payment"], figures))
    values["total_payments"] = values["total_payments"] or 0
    return Row(
        id=customer.id,
        email=customer.email,
        full_name=customer.full_name,
        company_name=customer.company_name,
        is_active=customer.is_active,
        created_at=customer.created_at,
        total_licenses=len(licenses),
        active_licenses=sum(1 for one in licenses if one.status == "active"),
        licenses=[LicenseRow(id=one.id, key=one.key, status=one.status) for one in licenses],
        **values,
    )


def figures_of(customer_id):
    """The queries of one customer's figures; `customer_id` is a value or a column."""

    def of(what, table, *conditions):
        return select(what).where(table.customer_id == customer_id, *conditions)

    paid = Payment.status == "succeeded"
    return [
        of(func.count(Subscription.id), Subscription),
        of(func.count(Subscription.id), Subscription, Subscription.status == "active"),
        of(func.count(Domain.id), Domain),
        of(func.sum(Payment.amount), Payment, paid),
        of(func.count(Invoice.id), Invoice),
        of(func.count(Invoice.id), Invoice, Invoice.status == "open"),
        of(func.max(Payment.received_on), Payment, paid),
    ]


@app.get("/health")
def health():
    return {"ok": True}


@app.get("/v1/customers", response_model=list[Row])
def list_one_by_one(skip: int = 0, limit: int = 50, search: str | None = None, is_active: bool | None = None,
                    has_licenses: bool | None = None, db: Session = Depends(session)):
    statement = matching(select(Customer), search, is_active, has_licenses)
    page = db.scalars(statement.order_by(Customer.created_at.desc()).offset(skip).limit(limit)).all()
    rows = []
    for customer in page:
        licenses = db.scalars(select(License).where(License.customer_id == customer.id)).all()
        rows.append(row(customer, licenses, [db.scalar(query) for query in figures_of(customer.id)]))
    return rows


@app.get("/v2/customers", response_model=list[Row])
def list_in_one_query(skip: int = 0, limit: int = 50, search: str | None = None, is_active: bool | None = None,
                      has_licenses: bool | None = None, db: Session = Depends(session)):
    page = matching(select(Customer.id), search, is_active, has_licenses)
    page = page.order_by(Customer.created_at.desc()).offset(skip).limit(limit).subquery()
    figures = [query.correlate(Customer).scalar_subquery() for query in figures_of(Customer.id)]
    found = db.execute(select(Customer, *figures).join(page, page.c.id == Customer.id).order_by(Customer.created_at.desc())).all()
    licenses: dict[str, list] = {customer.id: [] for customer, *_ in found}
    for one in db.scalars(select(License).where(License.customer_id.in_(licenses))):
        licenses[one.customer_id].append(one)
    return [row(customer, licenses[customer.id], rest) for customer, *rest in found]


@app.get("/stats")
def stats(db: Session = Depends(session)):
    now = datetime.utcnow()

    def count(*conditions):
        return db.scalar(select(func.count(Customer.id)).where(*conditions))

    return {
        "total": count(),
        "active": count(Customer.is_active.is_(True)),
        "with_licenses": db.scalar(select(func.count(func.distinct(License.customer_id)))),
        "with_subscriptions": db.scalar(select(func.count(func.distinct(Subscription.customer_id)))),
        "month": count(Customer.created_at >= now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)),
        "week": count(Customer.created_at >= now - timedelta(days=7)),
        "revenue": db.scalar(select(func.sum(Payment.amount)).where(Payment.status == "succeeded")),
    }


@app.post("/v1/customers", status_code=201)
def create(new: New, db: Session = Depends(session)):
    hashed = bcrypt.hashpw(new.password.encode(), bcrypt.gensalt(12)).decode()
    customer = Customer(email=new.email, full_name=new.full_name, password_hash=hashed, is_active=True)
    db.add(customer)
    db.commit()
    return {"id": customer.id}
