// Made from thread-main.ts by `npm run build:thread`. Do not edit.

/** The program of the thread that writes. */
export const threadText = `\
var Ee=require("node:worker_threads");var ue=require("node:zlib"),me=require("node:timers/promises")\
;var d=class extends Error{name="KeepfitError";code;constructor(e,r,n){super(\`\${e}: \${r}\`,n),this.code\
=e}};function p(t){return t instanceof Error&&t.name==="KeepfitError"&&"code"in t}var E=class{#r;#n;\
#e;#t=0;#o;constructor(e,r){this.#r=e,this.#n=r,this.#e=new DataView(new ArrayBuffer(4*e.length)),th\
is.#o=e[0]??0}add(e){for(let r=0;r<e.byteLength;){for(;this.#o===0;)this.#o=this.#r[++this.#t]??1/0;\
if(this.#o===1/0)return;let n=Math.min(r+this.#o,e.byteLength),o=4*this.#t,i=this.#e.getUint32(o,!0)\
;this.#e.setUint32(o,this.#n(e.subarray(r,n),i),!0),this.#o-=n-r,r=n}}toBytes(){return new Uint8Arra\
y(this.#e.buffer)}};function K(){let t=Promise.resolve();return{run:e=>{let r=t.then(e,e);return t=r\
.catch(()=>{}),r}}}var b=require("node:path");var v={fsStore:"folder",fileSink:"path"},ge={ENOSPC:"t\
he disk is full",EDQUOT:"the disk quota is used up"},we=[-122,-69];function L(t,e){let r=u(t),n=\`cou\
ld not \${e.action} \${e.path} (\${r===""?String(t):r})\`,o=ge[r];if(o!==void 0){let i=e.byteLength===void \
0?"":\`, and \${e.byteLength} bytes must fit into \${(0,b.dirname)(e.path)}\`,s=\`\${n}: \${o}\${i}; free some ro\
om, or \${y(e)}\`;return new d("KEEPFIT_STORE_FULL",s,{cause:t})}return new d("KEEPFIT_STORE_FAILED",\`\${\
n}: \${Fe(r,e)}\`,{cause:t})}function u(t){let e=p(t)?t.cause:t,{code:r,errno:n}=e??{};return we.includ\
es(n)?"EDQUOT":typeof r=="string"?r:""}async function g(t){try{return await t()}catch(e){if(u(e)==="\
ENOENT")return;throw e}}function Fe(t,e){let{owner:r,path:n}=e,o=v[r];switch(t){case"EACCES":case"EP\
ERM":return\`this user may not; let it read and write in \${(0,b.dirname)(n)}, or \${y(e)}\`;case"ERR_ACCE\
SS_DENIED":return"Node's permission model forbids it; use --allow-fs-write, or on Node 26, which for\
bids fsync, no --permission";case"EROFS":return\`the file system is read-only; give \${r} a \${o} that ca\
n be written\`;case"EEXIST":return\`something else has this name; move it away, or \${y(e)}\`;case"ENAMET\
OOLONG":return\`this path, or a name in it, is longer than the file system allows; give \${r} a shorter\
 \${o}\`;case"ENOTCONN":case"ESTALE":case"ENODEV":case"ENXIO":case"EHOSTDOWN":return"the drive was disc\
onnected; connect it again, then run the training again";case"EIO":return\`the disk or the drive repo\
rts an error; check it, or \${y(e)}\`;case"ENOTDIR":return\`a part of this path is a file; give \${r} a pa\
th made of folders\`;case"EISDIR":return\`a folder has this name; move it away, or \${y(e)}\`;case"ELOOP"\
:return"a symbolic link has this name and cannot be followed; remove it";case"EFBIG":return\`the file\
 system, or ulimit -f, takes no file of this size; give \${r} a \${o} on another one\`;case"ENOENT":retur\
n"this file, or a folder above it, was deleted or moved away; let nothing else move or clean up ther\
e, then run again";case"EMFILE":case"ENFILE":return"too many files are open; raise the limit (ulimit\
 -n)";default:return\`see the cause, or \${y(e)}\`}}function y({owner:t}){return\`give \${t} another \${v[t]}\
\`}var D={open:"open",stat:"look at",lstat:"look at",readdir:"list",mkdir:"make the folder",rename:"r\
ename",link:"link",unlink:"delete"},U={read:"read",write:"write",truncate:"cut",stat:"look at",sync:\
"sync",close:"close"},Se=new Set(["rename","link"]);function P(t,e,r={}){let n=M(t,D,(o,i)=>({owner:\
e,action:o==="open"?ke(t.constants,Number(i[1])):D[o],path:String(Se.has(o)?i[1]:i[0]),...r}));retur\
n{...n,constants:t.constants,open:async(o,i,s)=>M(await n.open(o,i,s),U,c=>({owner:e,action:U[c],pat\
h:o,...r})),for:o=>P(t,e,{...r,...o})}}function ke(t,e){let{O_WRONLY:r,O_RDWR:n=0,O_EXCL:o=0}=t;retu\
rn(e&o)!==0?"make":(e&(r|n))===0?"read":"open"}function M(t,e,r){let n=t,o=Object.keys(e).map(i=>[i,\
async(...s)=>{try{return await Reflect.apply(n[i],t,s)}catch(c){throw p(c)?c:L(c,r(i,s))}}]);return \
Object.fromEntries(o)}var it=16*1024*1024;function H(t,e,r){return{...t,fs:P(e,"fsStore"),host:r,com\
mits:K()}}var j=require("node:crypto"),T=require("node:path");var be=".safetensors";function m(t,e){\
return(0,T.join)(t,\`\${e}\${be}\`)}function B(t,e){return(0,T.join)(t,\`.\${e}.\${(0,j.randomUUID)()}.tmp\`)}va\
r S=require("node:path");async function w({fs:t,host:e},r){if(e.isWindows)return;let n=await t.for({\
action:"sync the folder"}).open(r,t.constants.O_RDONLY);try{await n.sync()}catch(o){if(u(o)!=="EINVA\
L")throw o}finally{await n.close()}}var Pe=new Set(["EACCES","EPERM"]);async function V(t){let e=awa\
it C(t,t.path);e&&t.isPrepared||(await q(t,t.path,e),t.isPrepared=!0)}async function q(t,e,r){let n=\
(0,S.dirname)(e);if(r)return Ce(t,e);await q(t,n,await C(t,n));try{await t.fs.mkdir(e,{mode:448})}ca\
tch(o){if(u(o)!=="EEXIST")throw o;if(!await C(t,e))throw Te(e,o)}await w(t,n)}async function C({fs:t\
},e){let r=t.for({action:"look at the folder"}),n=await g(()=>r.stat(e,{bigint:!0}));if(n===void 0)r\
eturn!1;if(n.isDirectory())return!0;throw new d("KEEPFIT_STORE_FAILED",\`\${e} is a file, but fsStore n\
eeds a folder there; give fsStore the path of a folder\`)}function Te(t,e){let r=\`\${t} is a symbolic l\
ink to nothing; make the folder it should lead to, or remove the link\`;return new d("KEEPFIT_STORE_F\
AILED",r,{cause:e})}async function Ce(t,e){if((0,S.dirname)(e)!==e)try{await w(t,(0,S.dirname)(e))}c\
atch(r){if(!Pe.has(u(r)))throw r}}async function Y(t,e){let{O_WRONLY:r,O_CREAT:n,O_EXCL:o,O_NOFOLLOW\
:i=0}=t.constants,s=await t.open(e,r|n|o|i,384);return{path:e,handle:s,isOpen:!0}}async function O(t\
){t.isOpen=!1,await t.handle.close()}async function G(t,e){e.isOpen&&await O(e).catch(()=>{}),await \
t.unlink(e.path).catch(()=>{})}var Oe=new Set(["EPERM","EACCES","EBUSY"]),xe=500,Ie=1e4;async functi\
on z(t,e,r=async()=>{}){for(let n=0,o=10;;n+=o,o=Math.min(2*o,xe)){await r();try{return await e()}ca\
tch(i){if(!t.isWindows||!Oe.has(u(i))||n>=Ie)throw i}await t.pause(o)}}async function X(t,e,r,n){for\
(let o=0;o<e.length;){let i=Math.min(e.length-o,1073741824),{bytesWritten:s}=await t.write(e,o,i,r+o\
);if(!(s>0&&s<=i))throw n(i,s);o+=s}}var Q=require("node:crypto"),J=require("node:zlib"),x=16*1024,h\
=class{#r;#n=(0,Q.createHash)("sha256");#e=0;#t=0;constructor(e){this.#r=e}add(e){this.#e=(0,J.crc32\
)(e,this.#e);for(let[r,n]of I(this.#r)){let o=Math.max(r-this.#t,0),i=Math.min(n-this.#t,e.length);o\
<i&&this.#n.update(e.subarray(o,i))}this.#t+=e.length}skipTo(e){this.#t=e}formatEdges(){return\`\${this\
.#r}-\${this.#n.copy().digest("hex").slice(0,32)}-\`}formatVersion(){return this.formatEdges()+this.#e.\
toString(16).padStart(8,"0")}};function I(t){return t<=2*x?[[0,t]]:[[0,x],[t-x,t]]}function Z(t,e){r\
eturn t.startsWith(\`\${e}-\`)}var R="the old checkpoint stays";function _(t,e,r,n){let o=r===null?"no c\
heckpoint":"the one that was last read or stored here",[i,s]=n===void 0?["it is gone","something del\
eted it or moved it away"]:[\`another one of \${n} bytes is there\`,\`another trainer wrote in \${t}\`];retu\
rn new d("KEEPFIT_STORE_CONFLICT",\`\${e} should be \${o}, but \${i}: \${s}, and nothing was changed. Stop on\
e of the two, or give each its own folder or name\`)}function ee(t,e,r){return new d("KEEPFIT_STORE_F\
AILED",\`\${t} should have \${e} bytes, but has \${r}; \${R}\`)}function te(t,e,r){return new d("KEEPFIT_STORE\
_FAILED",\`a write of \${e} bytes to \${t} wrote \${r}; \${R}\`)}function $(t,e,r){return new d("KEEPFIT_STORE\
_FAILED",\`the chunks for \${t} must add up to the announced \${e} bytes, but came to \${r}; \${R}\`)}function\
 re(t,e){return new d("KEEPFIT_STORE_FAILED",\`the new checkpoint is in place at \${t}, but a power cut\
 may bring back the old one because the folder could not be synced (\${u(e)||String(e)}); check the di\
sk before you continue\`,{cause:e})}var Re=1024*1024;async function ne(t,e,r){if(r===void 0)return;le\
t n=await ie(t,e),{replaces:o}=r;if(!(N(n,o)&&(o===null||await _e(t,e,o))))throw _(t.path,m(t.path,e\
),o,n?.size)}async function oe(t,e,r){if(r===void 0)return;let n=await ie(t,e);if(!N(n,r.replaces))t\
hrow _(t.path,m(t.path,e),r.replaces,n?.size)}async function ie({fs:t,path:e},r){return g(()=>t.lsta\
t(m(e,r),{bigint:!0}))}function N(t,e){return t===void 0||e===null?t===void 0&&e===null:t.isFile()&&\
Z(e,t.size)}async function _e(t,e,r){let{fs:n}=t,{O_RDONLY:o,O_NOFOLLOW:i=0,O_NONBLOCK:s=0}=n.consta\
nts,c=o|i|s,l=await g(()=>n.open(m(t.path,e),c));if(l===void 0)return!1;try{let f=await l.stat({bigi\
nt:!0});if(!N(f,r)||!await $e(l,Number(f.size),r))return!1;if(Ne(t,e,r,f))return!0;let F=new h(Numbe\
r(f.size));return await se(F,l,0,Number(f.size)),F.formatVersion()!==r?!1:(W(t,e,r,f),!0)}finally{aw\
ait l.close().catch(()=>{})}}async function $e(t,e,r){let n=new h(e);for(let[o,i]of I(e))n.skipTo(o)\
,await se(n,t,o,i);return r.startsWith(n.formatEdges())}async function se(t,e,r,n){let o=new Uint8Ar\
ray(Math.min(n-r,Re));for(let i=r;i<n;){let{bytesRead:s}=await e.read(o,0,Math.min(o.length,n-i),i);\
if(!(s>0))return;t.add(o.subarray(0,s)),i+=s}}function W(t,e,r,n){t.known.set(e,{version:r,stamp:ae(\
n)})}function Ne(t,e,r,n){let o=t.known.get(e);return o?.version===r&&o.stamp===ae(n)}function ae({d\
ev:t,ino:e,mtimeNs:r,size:n}){return\`\${t}:\${e}:\${r}:\${n}\`}var k=class{#r;#n;#e=0;#t;#o;constructor(e,r){\
this.#r=e,this.#n=r}add(e){this.throwFailure(),this.#e+=e,!(this.#e<this.#n||this.#t!==void 0)&&(thi\
s.#e=0,this.#t=this.#i())}async waitUntilIdle(){await this.#t}throwFailure(){if(this.#o!==void 0)thr\
ow this.#o.error}async#i(){try{await this.#r.handle.sync()}catch(e){this.#o={error:e}}this.#t=void 0\
}};async function ce(t,e){try{await w(t,t.path)}catch(r){throw re(e,r.cause)}}async function de(t,e,\
r,n,o){let{byteLength:i}=r,s=m(t.path,e);await oe(t,e,n),await V(t);let c=await Y(t.fs.for({byteLeng\
th:i}),o?.temp??B(t.path,e)),l=new h(i);try{await We(c,r,t.syncEvery,l),await Ke(c,i),await c.handle\
.sync(),await O(c);let f=await t.fs.lstat(c.path,{bigint:!0});o?.beforeRename(l.formatVersion()),awa\
it t.commits.run(async()=>{await ve(t,e,c,n),W(t,e,l.formatVersion(),f)})}catch(f){throw await G(t.f\
s,c),f}return await ce(t,s),l.formatVersion()}async function We(t,e,r,n){let o=new k(t,r);try{await \
Ae(t,e,i=>{n.add(i),o.add(i.length)})}finally{await o.waitUntilIdle()}o.throwFailure()}async functio\
n Ae({path:t,handle:e},{byteLength:r,chunks:n},o){let i=0;for await(let s of n){let c=new Uint8Array\
(s.buffer,s.byteOffset,s.byteLength);if(i+c.length>r)throw $(t,r,\`\${i+c.length} or more\`);await X(e,c\
,i,(l,f)=>te(t,l,f)),i+=c.length,o(c)}if(i!==r)throw $(t,r,String(i))}async function Ke({path:t,hand\
le:e},r){let{size:n}=await e.stat({bigint:!0});if(n!==BigInt(r))throw ee(t,r,n)}async function ve(t,\
e,r,n){let o=m(t.path,e),i=t.fs.for({action:"put a new checkpoint at"});await z(t.host,()=>i.rename(\
r.path,o),()=>ne(t,e,n))}var Le=128;function le(t,e){for(let r=0;r<Le;r++)t[r]=e.charCodeAt(r)}funct\
ion fe(t){if(!p(t))throw t;let{code:e,message:r,cause:n}=t;return{code:e,message:r.slice(\`\${e}: \`.len\
gth),cause:n instanceof Error?{message:n.message,fields:{...n}}:void 0}}async function pe(t,e){let r\
=new A(t);for(;;){let n=await r.receive();n.kind==="begin"&&r.send({kind:"ended",outcome:await De(r,\
n.job,e)}),r.flush()}}async function De(t,e,r){let n=H(e.folder,r,{isWindows:!1,pause:me.setTimeout}\
),{path:o,syncEvery:i}=n,s=Ue(t,e),c=await de(n,e.key,s,e.condition,{temp:e.temp,beforeRename:F=>le(\
e.renaming,F)}).catch(fe),{isPrepared:l,known:f}=n;return{folder:{path:o,syncEvery:i,isPrepared:l,kn\
own:f},result:c}}function Ue(t,{byteLength:e,partLengths:r}){let n=Me(t);return{byteLength:e,chunks:\
r===void 0?n:He(n,r)}}async function*Me(t){for(;;){let e=await t.receive();if(e.kind==="commit")retu\
rn;if(e.kind!=="bytes")throw new d("KEEPFIT_STORE_FAILED","the store has given up");let{buffer:r,len\
gth:n}=e;yield new Uint8Array(r,0,n),t.send({kind:"freed",buffer:r})}}async function*He(t,e){let r=n\
ew E(e,ue.crc32);for await(let n of t)r.add(n),yield n;yield r.toBytes()}var A=class{#r;#n=[];#e=[];\
#t=()=>{};constructor(e){this.#r=e,e.on("message",r=>{this.#n.push(...r),this.#t()})}async receive()\
{for(;;){let e=this.#n.shift();if(e!==void 0)return e;this.flush(),await new Promise(r=>{this.#t=r})\
}}send(e){this.#e.push(e)}flush(){if(this.#e.length===0)return;let e=this.#e.flatMap(r=>r.kind==="fr\
eed"?[r.buffer]:[]);this.#r.postMessage(this.#e,e),this.#e=[]}};var a=require("node:fs"),he=require(\
"node:util"),je=(0,he.promisify)(a.fsync),ye={constants:a.constants,open:async(t,e,r)=>Be((0,a.openS\
ync)(t,e,r)),stat:async(t,e)=>(0,a.statSync)(t,e),lstat:async(t,e)=>(0,a.lstatSync)(t,e),readdir:asy\
nc(t,e)=>(0,a.readdirSync)(t,e),mkdir:async(t,e)=>(0,a.mkdirSync)(t,e),rename:async(t,e)=>(0,a.renam\
eSync)(t,e),link:async(t,e)=>(0,a.linkSync)(t,e),unlink:async t=>(0,a.unlinkSync)(t)};function Be(t)\
{return{read:async(...e)=>({bytesRead:(0,a.readSync)(t,...e)}),write:async(...e)=>({bytesWritten:(0,\
a.writeSync)(t,...e)}),stat:async e=>(0,a.fstatSync)(t,e),sync:()=>je(t),close:async()=>(0,a.closeSy\
nc)(t)}}pe(Ee.parentPort,ye).catch(t=>{queueMicrotask(()=>{throw t})});`;
